"""The page of the matrix for one question, whole."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from gateway.edge.matrix.asked import Asked
from gateway.edge.matrix.form import PATH, form_html
from gateway.edge.matrix.table import LEGEND, RowState, table_html, text
from gateway.edge.matrix.verdicts import (
    closed_words,
    joined,
    opening_words,
    verdict_words,
    verdicts,
)
from gateway.edge.matrix.view import View, ways_text
from gateway.policy.act_as import Verdict
from gateway.policy.matrix import Column, Row
from gateway.policy.matrix_told import closing_line

#: scopes that the count names before it goes on to count
_NAMED = 4


def page_html(view: View, asked: Asked) -> Iterator[str]:
    """The page, line by line."""
    description = view.loaded.description
    told = verdicts(view, view.openings.held(asked.atoms(view.matrix)))
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f"<title>Who may call what · {text(description.title)}</title>"
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f'<link rel="stylesheet" href="{PATH}/matrix.css">'
    yield f'<script type="module" src="{PATH}/matrix.js"></script></head>'
    yield '<body class="page"><a class="skip" href="#frame">Skip to the table</a>'
    yield f'<header class="masthead"><p class="api">{text(description.title)} '
    yield f'<span class="quiet">{text(description.version)}</span></p></header>'
    yield "<main><h1>Who may call what</h1>"
    yield f'<p class="lead" id="count" role="status">{_count(view, asked, told)}</p>'
    yield f'<p class="quiet about">{text(closing_line(view.matrix))}</p>'
    yield _unknown(view, asked)
    yield '<div class="bench"><details class="side" id="side" open>'
    yield '<summary class="fold">Act as, and what to show</summary>'
    yield from form_html(view, asked)
    yield '</details><div class="sheet">'
    yield LEGEND
    yield '<div class="frame" id="frame" role="region" aria-labelledby="told" tabindex="0">'
    yield from _table(view, asked, told)
    yield "</div>"
    yield f'<p class="quiet">policy <code>{text(view.loaded.policy.digest)}</code></p>'
    yield "</div></div></main></body></html>"


def _count(view: View, asked: Asked, told: Mapping[str, Verdict]) -> str:
    """INVARIANT: the script of the page says the same."""
    opens = sum(verdict.opens for verdict in told.values())
    count = f"<strong>{opens} of {len(told)} open</strong> {text(_whom(view, asked))}"
    if not asked.tag and not asked.path:
        return count
    shown = [row for row in view.matrix.rows if asked.shows(row, base_path=view.base_path)]
    opened = sum(told[row.operation.key].opens for row in shown)
    return f"{count}; {len(shown)} shown, {opened} of them open"


def _whom(view: View, asked: Asked) -> str:
    atoms = asked.atoms(view.matrix)
    names = list(dict.fromkeys(view.names[view.openings.told(atom)] for atom in atoms))
    if not names:
        return "to anyone"
    if len(names) > _NAMED:
        names = [*names[:_NAMED], f"{len(names) - _NAMED} more"]
    return f"with {joined(names)}"


def _unknown(view: View, asked: Asked) -> str:
    names = asked.unknown({column.label: column for column in view.matrix.columns})
    hidden = "" if names else " hidden"
    told = f"The link ticks {joined(names)}, which nothing here asks for." if names else ""
    return f'<p class="caution" id="unknown"{hidden}>{text(told)}</p>'


def _table(view: View, asked: Asked, told: Mapping[str, Verdict]) -> Iterator[str]:
    if not view.matrix.rows:
        yield '<p id="told" class="nothing">The document has no operations.</p>'
        return
    ticked = asked.atoms(view.matrix)

    def state(row: Row) -> RowState:
        verdict = told[row.operation.key]
        words = escape(verdict_words(row, verdict, view.names))
        shape = "●" if verdict.opens else "○"
        html = (
            f'<span class="state"><span aria-hidden="true">{shape}</span> '
            f"<span>{words}</span></span>"
        )
        return RowState(html, _attributes(view, asked, row, verdict))

    def column_attributes(column: Column) -> str:
        held = ' data-held=""' if column.atom in ticked else ""
        return f'{held} data-column="{escape(column.label)}"'

    yield from table_html(view.matrix, view.base_path, state, attributes=column_attributes)
    yield '<p class="nothing" id="nothing" hidden>No operation fits the filters.</p>'


def _attributes(view: View, asked: Asked, row: Row, verdict: Verdict) -> str:
    """What the script reads of a row, and what the style does."""
    tags: Sequence[str] = row.operation.tags
    given = {
        "class": "opens" if verdict.opens else "",
        "data-ways": ways_text(view.ways(row), view.numbers),
        "data-open": opening_words(row),
        "data-closed": closed_words(row),
        "data-tags": "\n".join(tags),
    }
    hidden = "" if asked.shows(row, base_path=view.base_path) else " hidden"
    told = "".join(f' {name}="{escape(value)}"' for name, value in given.items() if value)
    return told + hidden
