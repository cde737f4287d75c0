"""Each rule is documented; what its page calls bad breaks it, and what it calls good does not."""

from pathlib import Path

import pytest

from gateway.lint.catalogue import FATAL, known_rules, rule_texts
from gateway.lint.document import lint_document
from tests.edge.gateway.world import settings_of
from tests.unit.lint.linting import ABOUT_COMPONENTS, completed

_ROOT = Path(__file__).parents[3]
_PAGE = _ROOT / "docs" / "reference" / "rules.md"
#: shown by a file that another one refers to
_OF_TWO_FILES = frozenset({"ignored-security"})
#: what is said of basic where no settings bind it, which no example shows
_WITHOUT_SETTINGS = frozenset({"unsupported-scheme"})
RULES = {name: text for name, text in rule_texts().items() if name not in _OF_TWO_FILES}


def rules_broken_by(example: str, folder: Path) -> set[str]:
    file = folder / "openapi.yaml"
    file.write_bytes(completed(example))
    linted = lint_document(str(file), settings_of(), stdin=bytes)
    assert linted.loaded is not None, linted.findings
    of_components = ABOUT_COMPONENTS if "components:" not in example else frozenset()
    return {finding.rule for finding in linted.findings} - of_components


@pytest.mark.parametrize("name", RULES)
def test_what_a_rule_calls_bad_breaks_it(name: str, tmp_path: Path) -> None:
    assert name in rules_broken_by(RULES[name].bad, tmp_path)


@pytest.mark.parametrize("name", RULES)
def test_what_a_rule_calls_good_breaks_no_rule(name: str, tmp_path: Path) -> None:
    if name == "roles-before-3.1":
        assert RULES[name].good == RULES[name].bad.replace("3.0.3", "3.1.0")
    else:
        assert rules_broken_by(RULES[name].good, tmp_path) - _WITHOUT_SETTINGS == set()


def test_a_referenced_files_own_list_is_told(tmp_path: Path) -> None:
    (tmp_path / "songs.yaml").write_text(
        f"{rule_texts()['ignored-security'].bad}"
        "item: {get: {security: [], responses: {'200': {description: ok}}}}\n"
    )
    entry = tmp_path / "openapi.yaml"
    entry.write_bytes(completed("paths: {/songs: {$ref: 'songs.yaml#/item'}}\n"))

    found = lint_document(str(entry), settings_of(), stdin=bytes).findings

    assert ("ignored-security", "songs.yaml") in {
        (finding.rule, Path(finding.origin.file).name) for finding in found
    }


def test_the_page_is_what_the_command_reads() -> None:
    packaged = (_ROOT / "gateway" / "lint" / "rules.md").read_text(encoding="utf-8")

    assert _PAGE.read_text(encoding="utf-8") == packaged


def test_what_keeps_a_document_from_loading_is_no_rule_that_can_be_ignored() -> None:
    known = known_rules()

    assert known.fatal == FATAL
    assert not known.fatal & known.ignorable


def test_nothing_ignores_what_the_page_of_errors_says_does_not_load() -> None:
    page = (_ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    section = page.partition("## What does not load\n")[2].partition("\n## ")[0]
    documented = {line.split("`")[1] for line in section.splitlines() if line.startswith("| `")}

    # a template on a path of ours loads with a warning, which may be ignored
    assert documented - {"reserved-path"} <= FATAL


def test_what_nothing_ignores_is_a_fault_that_some_room_reports() -> None:
    rooms = [_ROOT / "gateway" / "spec", _ROOT / "gateway" / "edge"]
    code = "".join(
        file.read_text(encoding="utf-8") for room in rooms for file in room.rglob("*.py")
    )

    assert [name for name in sorted(FATAL) if f'"{name}"' not in code] == []


def test_every_rule_is_on_the_page_of_errors() -> None:
    page = (_ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")

    assert [name for name in rule_texts() if f"| `{name}` |" not in page] == []
