"""Rules that guess at a meaning: what they must tell, and the nearest thing they must not."""

import pytest

from gateway.lint.finding import Severity
from gateway.lint.rules.words import implies, reads_only
from tests.unit.lint.linting import found_in, operations, rules_in

_READ = "[{oauth: [read]}]"
_WRITE = "[{oauth: [write]}]"
_ANY = "[{oauth: []}]"


@pytest.mark.parametrize(
    ("greater", "lesser"),
    [
        ("write", "read"),
        ("songs:write", "songs:read"),
        ("write:songs", "read:songs"),
        ("Songs.ReadWrite.All", "Songs.Read.All"),
        ("projects", "projects.read"),
        ("songs:admin", "songs:write"),
        ("https://issuer.example/auth/drive", "https://issuer.example/auth/drive.readonly"),
    ],
)
def test_a_scope_allows_by_its_name_what_another_one_allows(greater: str, lesser: str) -> None:
    assert implies(greater, lesser)
    assert not implies(lesser, greater)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("read", "albums"),
        ("write", "albums"),
        ("songs:write", "albums:read"),
        ("put", "widget"),
        ("scope2", "scope3"),
        ("create", "delete"),
        ("read:songs", "read:albums"),
        ("songs:read", "songs:view"),
        ("spreadsheets", "spread"),
    ],
)
def test_names_that_say_different_things_allow_nothing_of_one_another(one: str, other: str) -> None:
    assert not implies(one, other)
    assert not implies(other, one)


@pytest.mark.parametrize(
    ("scope", "reads"),
    [
        ("read", True),
        ("songs:read", True),
        ("Songs.Read.All", True),
        ("read_write", False),
        ("songs", False),
        ("thread", False),
        ("readers:write", False),
    ],
)
def test_a_name_that_speaks_of_reading_alone_is_recognised(scope: str, reads: bool) -> None:
    assert reads_only(scope) is reads


@pytest.mark.parametrize(
    ("fragment", "is_found"),
    [
        pytest.param(operations(post_a=_READ), True, id="POST"),
        pytest.param(operations(delete_a=_READ), True, id="DELETE"),
        pytest.param(operations(get_a=_READ), False, id="GET"),
        pytest.param(operations(post_a=_WRITE), False, id="another scope"),
        pytest.param(operations(post_a__search=_READ), False, id="a POST that asks"),
        pytest.param(operations(post_a__research=_READ), True, id="a word like it"),
        pytest.param(operations(delete_a__search=_READ), True, id="DELETE of what was asked"),
    ],
)
def test_writing_with_a_scope_for_reading_is_told(fragment: str, is_found: bool) -> None:
    assert ("write-by-read-scope" in rules_in(fragment)) is is_found


@pytest.mark.parametrize(
    ("fragment", "told"),
    [
        pytest.param(
            operations(get_a=_READ, put_a="[]"), "PUT /a asks for nothing", id="open to write"
        ),
        pytest.param(
            operations(get_a=_READ, put_a=_ANY), "PUT /a asks for no scope", id="any token writes"
        ),
        pytest.param(
            operations(get_a="[]", head_a=_READ, put_a=_WRITE), "GET /a asks", id="one of two reads"
        ),
        pytest.param(operations(get_a="[]", put_a=_WRITE), None, id="reading is open"),
        pytest.param(operations(get_a=_READ, put_a=_WRITE), None, id="all ask for scopes"),
        pytest.param(operations(get_a="[]", put_a="[]"), None, id="all are open"),
        pytest.param(operations(get_a=_READ, put_b="[]"), None, id="of another resource"),
        pytest.param(operations(get_a=_READ, put_a=_WRITE, post_a=_ANY), "POST /a", id="of three"),
    ],
)
def test_the_one_sibling_that_asks_for_less_is_told(fragment: str, told: str | None) -> None:
    found = [f.message for f in found_in(fragment) if f.rule == "sibling-disagreement"]

    assert len(found) == (told is not None)
    assert all(str(told) in message for message in found)


def test_a_collection_and_its_items_are_siblings() -> None:
    item = (
        "  /a/{x}:\n    delete:\n      security: []\n      parameters:\n"
        "        - {name: x, in: path, required: true, schema: {type: string}}\n"
    )

    (found,) = [
        f
        for f in found_in(operations(get_a=_READ, post_a=_WRITE) + item)
        if f.rule == "sibling-disagreement"
    ]

    assert found.message == "DELETE /a/{x} asks for nothing, but GET /a and 1 more ask for scopes"


@pytest.mark.parametrize(
    ("get", "head", "is_found"),
    [
        pytest.param(_READ, "[]", True, id="public HEAD"),
        pytest.param(_READ, _ANY, True, id="HEAD without scopes"),
        pytest.param(_READ, _WRITE, True, id="HEAD with another scope"),
        pytest.param(_READ, "[{oauth: [read]}, {}]", True, id="HEAD with {}"),
        pytest.param(_READ, _READ, False, id="the same"),
        pytest.param(_READ, "[{oauth: [read, write]}]", False, id="HEAD with more"),
        pytest.param("[]", _READ, False, id="public GET"),
    ],
)
def test_a_head_that_lets_in_more_than_get_is_an_error(get: str, head: str, is_found: bool) -> None:
    found = [f for f in found_in(operations(get_a=get, head_a=head)) if f.rule == "weaker-head"]

    assert len(found) == is_found
    assert all(f.severity is Severity.ERROR for f in found)


def _two_paths(one: str, other: str, *, securities: tuple[str, str] = (_READ, _READ)) -> str:
    lines = ["paths:"]
    for path, security in zip((one, other), securities, strict=True):
        lines += [f"  {path!r}:", "    get:", f"      security: {security}"]
        names = [piece.partition("}")[0] for piece in path.split("{")[1:]]
        lines += ["      parameters:"] if names else []
        lines += [
            f"        - {{name: {name}, in: path, required: true, schema: {{type: string}}}}"
            for name in names
        ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("one", "other", "is_found"),
    [
        pytest.param("/{a}/top", "/songs/{b}", True, id="each concrete somewhere"),
        pytest.param("/x/{a}/top/z", "/x/songs/{b}/z", True, id="further down"),
        pytest.param("/x/{a}.json", "/x/y-{b}", True, id="within one segment"),
        pytest.param("/x/{a}/top", "/x/{b}/{c}", False, id="one is the more concrete"),
        pytest.param("/songs/top", "/songs/{b}", False, id="concrete behind a template"),
        pytest.param("/x/{a}.json", "/x/{b}", False, id="a literal end"),
        pytest.param("/x/{a}.json", "/x/{b}.xml", False, id="two ends"),
        pytest.param("/{a}/top", "/songs/{b}/x", False, id="of another length"),
        pytest.param("/{a}/top", "/songs/{b}.json", False, id="no segment for both"),
    ],
)
def test_templates_that_overlap_are_told(one: str, other: str, is_found: bool) -> None:
    assert ("overlapping-templates" in rules_in(_two_paths(one, other))) is is_found


def test_an_overlap_is_an_error_where_other_callers_may_use_it() -> None:
    paths = ("/{a}/top", "/songs/{b}")

    (same,) = [f for f in found_in(_two_paths(*paths)) if f.rule == "overlapping-templates"]
    (other,) = [
        f
        for f in found_in(_two_paths(*paths, securities=(_READ, _WRITE)))
        if f.rule == "overlapping-templates"
    ]

    assert (same.severity, other.severity) == (Severity.WARNING, Severity.ERROR)
    assert other.message.endswith("but other callers may use GET")


@pytest.mark.parametrize(
    ("security", "is_found"),
    [
        pytest.param("[{oauth: [read]}, {oauth: [read, write]}]", True, id="read makes both dead"),
        pytest.param("[{oauth: [read, write]}, {oauth: [read]}]", True, id="in the other order"),
        pytest.param("[{oauth: [read]}, {oauth: [write]}]", False, id="neither"),
        pytest.param("[{}, {oauth: [read]}]", False, id="{} has a rule of its own"),
        pytest.param("[{oauth: [raed]}, {oauth: [raed, read]}]", False, id="the wider one is dead"),
    ],
)
def test_an_alternative_in_the_shadow_of_another_is_told(security: str, is_found: bool) -> None:
    assert ("shadowed-alternative" in rules_in(operations(get_a=security))) is is_found


_URL = """\
servers: [{{url: {server}}}]
paths:
  /a:
    get:
      security: [{{oauth: [read]}}]
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows: {{clientCredentials: {{tokenUrl: "{token}", scopes: {{read: see}}}}}}
"""


@pytest.mark.parametrize(
    ("server", "token", "found"),
    [
        ("https://api.example", "https://issuer.example/t", 0),
        ("/v1", "/o/token/", 0),
        ("http://localhost:8000", "http://127.0.0.1:8000/t", 0),
        ("http://api.example", "http://issuer.example/t", 2),
        ("http://localhost.example", "https://issuer.example/t", 1),
    ],
)
def test_urls_that_are_read_on_the_way_are_told(server: str, token: str, found: int) -> None:
    assert rules_in(_URL.format(server=server, token=token)) == ["http-url"] * found


def test_scopes_of_the_protocol_need_no_operation() -> None:
    text = _URL.format(server="/", token="/t").replace("{read: see}", "{read: a, openid: b, x: c}")

    assert [f.message for f in found_in(text)] == ["no operation asks for `x` of `oauth`"]
