"""The steps of a Markdown page: files to save, commands to run, and the output it shows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SAVE_AS = re.compile(r"Save (?:this|it) as `([\w./-]+)`[^\n`]*:\s*\Z")
#: what differs from one run to the next, and what it is compared as
_RANDOM = (
    (re.compile(r"urn:uuid:[0-9a-f-]{36}"), "urn:uuid:<id>"),
    (re.compile(r"^date: .*$", re.MULTILINE | re.IGNORECASE), "date: <now>"),
    (re.compile(r"(?<=policy )[0-9a-f]{7}\b"), "<digest>"),
)


@dataclass(frozen=True)
class SavedFile:
    """A file that the page has its reader save."""

    name: str
    text: str


@dataclass(frozen=True)
class Command:
    """A command line; `output` None: the page shows none and expects it to succeed."""

    line: str
    output: str | None

    @property
    def serves(self) -> bool:
        """Whether it runs until it is stopped."""
        is_server = "make serve" in self.line or "scopegate serve" in self.line
        return is_server and "--check" not in self.line


Step = SavedFile | Command


def steps_of(page: str) -> Iterator[Step]:
    """The steps of a page: `sh` and `console` blocks, and blocks after "Save this as"."""
    for block in _FENCE.finditer(page):
        language, text = block.groups()
        saved = _SAVE_AS.search(page[: block.start()])
        if saved:
            yield SavedFile(saved[1], text)
        elif language == "sh":
            yield Command(text.strip(), None)
        elif language == "console":
            yield from _commands(text)


def _commands(text: str) -> Iterator[Command]:
    for piece in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, output = piece.partition("\n")
        while line.endswith("\\"):
            more, _, output = output.partition("\n")
            line = f"{line}\n{more}"
        yield Command(line, output.strip())


def as_run(text: str, *, port: int) -> str:
    """A command or its output, with the port of this run in the place of 8000."""
    served = re.sub(r"\bmake serve\b", ".venv/bin/scopegate serve --demo", text)
    return re.sub(r"\blocalhost:8000\b", f"localhost:{port}", served)


def shows(documented: str, actual: str) -> bool:
    """Whether output is as documented; `...` stands for anything, random values do not count."""
    pieces = (re.escape(piece) for piece in _settled(documented).split("..."))
    pattern = r"[\s\S]*?".join(pieces)
    return re.fullmatch(pattern, _settled(actual).strip()) is not None


def status_lines(output: str) -> list[str]:
    """The status lines of the answers that `curl -i` showed."""
    return re.findall(r"^HTTP/1\.1 \d{3} .*$", output, flags=re.MULTILINE)


def page_at(path: Path) -> list[Step]:
    """The steps of a page in a file."""
    return list(steps_of(path.read_text(encoding="utf-8")))


def _settled(text: str) -> str:
    text = text.replace("\r", "")
    for pattern, replacement in _RANDOM:
        text = pattern.sub(replacement, text)
    return text
