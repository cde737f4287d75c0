"""Paths that no request could be told by, and names no component may have, do not load."""

import pytest

from tests.unit.spec.writing import HEAD, load, loads, messages, rules

FINE = "responses: {default: {description: fine}}"


def paths(*written: str) -> str:
    """A document with a path a line from line 4 on."""
    lines = "".join(f"  {path}: {{get: {{{FINE}}}}}\n" for path in written)
    return f"{HEAD}paths:\n{lines}"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(["songs"], ["4:3 path"], id="no slash"),
        pytest.param(["/a/{"], ["4:3 template"], id="an open brace"),
        pytest.param(["/a/}"], ["4:3 template"], id="a closing brace"),
        pytest.param(["/{a/b}"], ["4:3 template"], id="braces over segments"),
        pytest.param(["/{{a}}"], ["4:3 template"], id="braces in braces"),
        pytest.param(["/{}"], ["4:3 template"], id="no name"),
        pytest.param(["/{a}/b/{a}"], ["4:3 template"], id="a name twice"),
        pytest.param(["/{a}", "/{b}"], ["5:3 same-template"], id="only names differ"),
        pytest.param(["/a/{b}.{c}", "/a/{x}.{y}"], ["5:3 same-template"], id="within a segment"),
        pytest.param(
            ["/{a}", "/{b}", "/{c}"], ["5:3 same-template", "6:3 same-template"], id="three"
        ),
    ],
)
def test_a_path_that_cannot_be_matched_alone_does_not_load(
    written: list[str], expected: list[str]
) -> None:
    assert rules(paths(*[f"'{path}'" for path in written])) == expected


def test_the_same_template_names_both_places() -> None:
    assert messages(paths("'/{a}'", "'/{b}'")) == (
        "-:5:3: error same-template: `/{b}` and `/{a}` (-:4:3) are the same path to a request"
    )


@pytest.mark.parametrize(
    "written",
    [
        ["/"],
        ["/a", "/a/", "/A"],
        ["/a/{b}", "/{a}/b"],
        ["/{a}", "/{a}/"],
        ["/{a}.{b}", "/{a}-{b}"],
        ["/{a}{b}"],
        ["/me", "/{id}"],
    ],
)
def test_paths_that_differ_load(written: list[str]) -> None:
    operations = load(paths(*[f"'{path}'" for path in written])).operations

    assert [operation.path for operation in operations] == written


def test_extensions_are_no_paths() -> None:
    assert load(paths("/a") + "  x-note: {get: {securty: 1}}\n").operations[0].path == "/a"


@pytest.mark.parametrize("section", ["parameters", "responses", "securitySchemes", "callbacks"])
def test_a_component_with_a_name_the_oas_does_not_allow_does_not_load(section: str) -> None:
    text = f"{HEAD}paths: {{}}\ncomponents: {{{section}: {{'a b': {{nonsense: 1}}}}}}\n"

    assert len(rules(text)) == 1
    assert rules(text)[0].endswith("component-name")


def test_a_schema_may_be_called_as_generators_call_it() -> None:
    assert loads(f"{HEAD}paths: {{}}\ncomponents: {{schemas: {{'List<Song>': {{}}}}}}\n")


def test_a_trace_operation_loads_with_a_warning() -> None:
    description = load(f"{HEAD}paths:\n  /a: {{trace: {{{FINE}}}}}\n")

    assert description.operations[0].method == "TRACE"
    assert [str(warning) for warning in description.warnings] == [
        "-:4:8: error trace: `TRACE /a` is never served: every TRACE is answered with 405"
    ]
