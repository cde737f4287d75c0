"""The picture of a run: how many requests one core serves in a second of its time, a bar a server.

Drawn from processor time a request, which other work on the machine hardly changes. It reads in a
light and in a dark page.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from benchmarks.catalogue import FLOOR, PRODUCT, SERVERS
from benchmarks.results import Figure, figures_in

#: rows that are drawn, with their headings
_PANELS = {
    "get": "GET /songs, a token seen before",
    "post": "POST /songs, JSON body",
    "new-token": "GET /songs, every request a new token",
}
_WIDTH, _LABELS, _NUMBERS = 760, 120, 70
_BAR, _STEP, _HEADING = 16, 22, 40
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.heading { font-weight: 600 }
.note { fill: #59636e; font-size: 12px }
rect { fill: #8c959f }
.ours { fill: #0969da }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .note { fill: #9198a1 }
  rect { fill: #6e7681 }
  .ours { fill: #4493f8 }
}
"""


def draw(document: Mapping[str, Any]) -> str:
    """The picture of a file of results, as SVG."""
    figures = figures_in(document)
    shown = [(title, _of(row, figures)) for row, title in _PANELS.items() if _of(row, figures)]
    height = 24 + sum(_HEADING + _STEP * len(panel) for _, panel in shown)
    lines = "\n".join(_panels(shown))
    words = "Requests that one core serves in a second of its time, for each server"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{words}">\n<style>{_STYLE}</style>\n{lines}\n'
        f'<text class="note" x="0" y="{height - 6}">{words}. Longer is better.</text>\n</svg>\n'
    )


def capacity(figure: Figure) -> float:
    """Requests a second of processor time."""
    return 1e6 / figure.cpu_us


def _of(row: str, figures: Sequence[Figure]) -> list[Figure]:
    """The figures of a row, the most capable first; of what looks at no token the floor alone."""
    looks = {name for name, server in SERVERS.items() if server.ability.tokens} | {FLOOR}
    found = [figure for figure in figures if figure.row == row and figure.server in looks]
    return sorted(found, key=capacity, reverse=True)


def _panels(shown: Sequence[tuple[str, Sequence[Figure]]]) -> Iterator[str]:
    top = 0
    for title, panel in shown:
        yield f'<text class="heading" x="0" y="{top + 26}">{escape(title)}</text>'
        most = capacity(panel[0])
        for number, figure in enumerate(panel):
            yield from _bar(figure, top + _HEADING + number * _STEP, most)
        top += _HEADING + _STEP * len(panel)


def _bar(figure: Figure, top: int, most: float) -> Iterator[str]:
    length = max(1.0, (_WIDTH - _LABELS - _NUMBERS) * capacity(figure) / most)
    kind = ' class="ours"' if figure.server == PRODUCT else ""
    does = escape(SERVERS[figure.server].does)
    yield f'<text x="0" y="{top + 12}">{escape(figure.server)}<title>{does}</title></text>'
    yield f'<rect{kind} x="{_LABELS}" y="{top}" width="{length:.1f}" height="{_BAR}" rx="2"/>'
    yield f'<text x="{_LABELS + length + 6:.1f}" y="{top + 12}">{capacity(figure):,.0f}</text>'
