"""The files the architecture tests look at: our packages parsed, and every text of the project."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("scopegate", "gateway", "handlers", "token_service")

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of our packages."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @property
    def is_revision(self) -> bool:
        """Whether Alembic loads the file by its path, and dictates what stands in it."""
        return "migrations" in self.path.parts and self.path.name != "__init__.py"

    def functions(self) -> Iterator[FunctionNode]:
        for node in ast.walk(self.tree):
            if isinstance(node, FunctionNode):
                yield node


def modules() -> list[Module]:
    paths = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return [Module(path) for path in sorted(paths)]


def project_texts() -> Iterator[tuple[str, str]]:
    """Name and text of every file that is, or could be, committed; binary files are left out."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except (FileNotFoundError, UnicodeDecodeError):
            continue
