"""What is public is documented, what is documented is there, and every link leads somewhere."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

import pytest
import typer
import yaml
from typer.core import TyperGroup, TyperOption

import gateway.cli
import scopegate
from gateway.edge.problem import PROBLEM_TYPES
from gateway.model import ANONYMOUS, Reason, RequestFault, TokenFault
from gateway.ops.families import FAMILIES
from gateway.settings import Settings
from gateway.settings.schemes import SCHEME_KEYS
from tests.e2e.documented import SavedFile, steps_of
from tests.unit.ops.test_audit_sink import lines_of

_ROOT = Path(__file__).parents[1]
_REFERENCE = _ROOT / "docs" / "reference"
_PAGES = sorted([*_ROOT.glob("*.md"), *(_ROOT / "docs").rglob("*.md")])
#: options of every command, told once
_COMMON = frozenset({"--help", "-h", "--install-completion", "--show-completion"})
_LINK = re.compile(r"\]\(([^()\s]+)\)")


def _commands() -> Mapping[str, frozenset[str]]:
    """The options of every command by its name: a family's module names it in its docstring."""
    found: dict[str, frozenset[str]] = {}
    for module in pkgutil.iter_modules(gateway.cli.__path__, "gateway.cli."):
        family = importlib.import_module(module.name)
        name = re.match(r"`scopegate ([a-z-]+)`", family.__doc__ or "")
        if name:
            found.update(_leaves(name[1], typer.main.get_command(family.app)))
    return found


def _leaves(name: str, command: object) -> Iterator[tuple[str, frozenset[str]]]:
    if isinstance(command, TyperGroup):
        for part, child in command.commands.items():
            yield from _leaves(f"{name} {part}", child)
    else:
        yield name, frozenset(_options(command))


def _options(command: object) -> Iterator[str]:
    for parameter in getattr(command, "params", ()):
        if isinstance(parameter, TyperOption) and not parameter.hidden:
            yield from {*parameter.opts, *parameter.secondary_opts} - _COMMON


def _sections(page: Path) -> Mapping[str, str]:
    """The text below each heading of the second level."""
    parts = re.split(r"^## (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _page(name: str) -> str:
    return (_REFERENCE / name).read_text(encoding="utf-8")


COMMANDS = _commands()
SECTIONS = _sections(_REFERENCE / "commands.md")


def test_the_reference_lists_the_commands_that_there_are() -> None:
    assert set(SECTIONS) == set(COMMANDS)


def test_the_overview_of_the_command_and_the_reference_agree(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main = importlib.import_module("gateway.cli.main")

    main.run(["--help"])

    overview = capsys.readouterr().out.partition("Commands:")[2]
    families = set(re.findall(r"^  ([a-z-]+)  ", overview, flags=re.MULTILINE))
    assert families == {name.partition(" ")[0] for name in SECTIONS}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_documented_with_the_options_it_has(name: str) -> None:
    documented = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", _option_cells(SECTIONS[name])))

    assert documented == COMMANDS[name]


@pytest.mark.parametrize(
    "name", [field.name for field in fields(Settings) if field.name not in {"schemes", "origins"}]
)
def test_a_setting_is_documented(name: str) -> None:
    assert f"| `SCOPEGATE_{name.upper()}` |" in _page("settings.md")


def test_no_setting_is_documented_that_is_not_there() -> None:
    documented = set(re.findall(r"^\| `SCOPEGATE_([A-Z_]+)`", _page("settings.md"), re.MULTILINE))

    assert documented <= {field.name.upper() for field in fields(Settings)}


def test_every_key_of_a_scheme_is_documented() -> None:
    documented = re.findall(r"^\| `([a-z_]+)` \|", _page("settings.md"), re.MULTILINE)

    assert set(documented) == set(SCHEME_KEYS)


def test_the_metrics_are_documented_as_they_are() -> None:
    row = r"^\| `(\w+)` \| (\w+) \| (.*?) ?\| (.+) \|$"
    documented = re.findall(row, _page("metrics.md"), re.MULTILINE)

    assert documented == [
        (
            family.name,
            str(family.kind),
            ", ".join(f"`{label}`" for label in family.labels),
            family.help,
        )
        for family in FAMILIES
    ]


def test_alerts_and_commands_name_metrics_and_labels_that_there_are() -> None:
    page = (_ROOT / "docs" / "how-to" / "watch-in-production.md").read_text(encoding="utf-8")
    alerts = next(s.text for s in steps_of(page) if isinstance(s, SavedFile))
    rules = [rule for group in yaml.safe_load(alerts)["groups"] for rule in group["rules"]]
    named = {name for rule in rules for name in re.findall(r"\bscopegate_\w+", rule["expr"])}
    labels = {label for family in FAMILIES for label in (*family.labels, "le")}
    asked = {
        label
        for rule in rules
        for found in re.findall(r"(?:by|ignoring) \(([\w, ]+)\)|\{(\w+)=", rule["expr"])
        for label in ", ".join(filter(None, found)).split(", ")
    }

    assert len(rules) >= 8
    assert named
    assert named <= {f.name for f in FAMILIES} | {f"{f.name}_bucket" for f in FAMILIES}
    assert asked
    assert asked <= labels


def test_the_members_of_an_audit_line_are_documented(tmp_path: Path) -> None:
    [line] = lines_of([], ANONYMOUS, folder=tmp_path)
    cells = re.findall(r"^\| (`[a-z`, ]+`) \|", _page("audit.md"), re.MULTILINE)

    assert [name for cell in cells for name in re.findall(r"`(\w+)`", cell)] == list(line)


def test_the_types_of_problems_are_documented() -> None:
    documented = re.findall(r"^\| `([a-z-]+)` \| (?:\d{3}|any) \|", _page("problems.md"), re.M)

    assert set(documented) == set(PROBLEM_TYPES)


@pytest.mark.parametrize(
    "word", [*Reason, *TokenFault, *RequestFault], ids=lambda word: f"{type(word).__name__}.{word}"
)
def test_a_reason_is_documented(word: Reason | TokenFault | RequestFault) -> None:
    assert re.search(rf"\| `{re.escape(word.value)}` \|", _page("decisions.md"))


@pytest.mark.parametrize("name", scopegate.__all__)
def test_a_public_name_is_documented(name: str) -> None:
    assert f"| `{name}` |" in _page("handlers.md")


def test_the_rules_of_a_document_are_documented() -> None:
    documented = set(re.findall(r"^\| `([a-z0-9.-]+)` \|", _page("errors.md"), re.MULTILINE))

    assert documented == _rules()


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(_ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = [
        target
        for target in _LINK.findall(page.read_text(encoding="utf-8"))
        if not re.match(r"[a-z]+:", target) and not _leads_somewhere(page, target)
    ]

    assert broken == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [_ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        for target in _LINK.findall(page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target):
                waiting.append((page.parent / target.partition("#")[0]).resolve())

    assert set(_PAGES) <= reached


def test_the_architecture_fits_on_two_pages() -> None:
    assert len((_ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) <= 80


def test_every_dependency_has_a_reason() -> None:
    given = set(re.findall(r"`([\w\[\]-]+)`", _dependency_page()))
    asked: set[str] = set()
    for name in ("run.in", "test.in", "bench.in"):
        for line in (_ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-r")):
                asked.add(re.split(r"[<>=~ ]", line)[0])

    assert asked <= given


def _dependency_page() -> str:
    return (_ROOT / "docs" / "decisions" / "0003-dependencies.md").read_text(encoding="utf-8")


def _option_cells(section: str) -> str:
    """The first cell of each row of a table."""
    return "\n".join(re.findall(r"^\| (`-.*?`) \|", section, flags=re.MULTILINE))


def _leads_somewhere(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = page if not path else page.parent / path
    if not file.exists():
        return False
    return not anchor or anchor in _anchors(file)


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _rules() -> set[str]:
    """The words that stand as the rule in a Fault or a Finding, or a report of one."""
    found: set[str] = set()
    for path in (_ROOT / "gateway").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Fault"), args=[ast.Constant(value=str(rule)), *_]):
                    found.add(rule)
                case ast.Call(
                    func=ast.Attribute(attr="report" | "stop"),
                    args=[ast.Constant(value=str(rule)), *_],
                ):
                    found.add(rule)
                case ast.Call(
                    func=ast.Name(id="Finding"), args=[_, _, ast.Constant(value=str(rule)), *_]
                ):
                    found.add(rule)
                case ast.Assign(targets=[ast.Name(id="RULE")], value=ast.Constant(value=str(rule))):
                    found.add(rule)
    # chosen by an expression in gateway/lint/rules.py
    return found | {"unsatisfiable-alternative", "unsupported-scheme"}
