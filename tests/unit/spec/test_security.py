"""`security` is kept as written, and does not load where or how it means nothing."""

import pytest

from gateway.errors import Origin
from gateway.spec.model import SecuritySource
from tests.unit.spec.writing import HEAD, load, loads, messages, rules

FINE = "responses: {default: {description: fine}}"
SCHEMES = (
    "components: {securitySchemes: {oauth: {type: http, scheme: bearer}, "
    "key: {type: apiKey, in: header, name: K}}}\n"
)


def operation(security: str, *, root: str = "") -> str:
    """A document whose operation says its security in line 5."""
    return (
        f"{HEAD}{root or '# no list'}\npaths: {{/a: {{get: {{{FINE},\n  {security}}}}}}}\n{SCHEMES}"
    )


def test_own_inherited_absent_and_empty_security_are_told_apart() -> None:
    root = "security: [{oauth: [read]}]"
    own = load(operation("security: [{key: []}]", root=root)).operations[0].security
    inherited = load(operation("", root=root)).operations[0].security
    empty = load(operation("security: []", root=root)).operations[0].security
    emptied = load(operation("", root="security: []")).operations[0].security
    absent = load(operation("")).operations[0].security

    assert (own.source, own.origin) == (SecuritySource.OPERATION, Origin("-", 5, 3))
    assert [scheme.scheme for scheme in own.requirements[0].schemes] == ["key"]
    assert (inherited.source, inherited.origin) == (SecuritySource.ROOT, Origin("-", 3, 1))
    assert inherited.requirements[0].schemes[0].names == ("read",)
    assert (empty.source, empty.requirements) == (SecuritySource.OPERATION, ())
    assert (emptied.source, emptied.requirements) == (SecuritySource.ROOT, ())
    assert (absent.source, absent.requirements) == (SecuritySource.ABSENT, ())
    assert absent.origin == Origin("-", 4, 14)


def test_each_requirement_scheme_and_scope_knows_its_place() -> None:
    text = operation("security: [{oauth: [a, b], key: []}, {}]")

    declaration = load(text).operations[0].security
    first, second = declaration.requirements

    assert [origin for _, origin in declaration.each()] == [first.origin, second.origin]
    assert first.origin == Origin("-", 5, 14)
    assert [(scheme.scheme, scheme.origin.column) for scheme in first.schemes] == [
        ("oauth", 15),
        ("key", 30),
    ]
    assert [origin.column for origin in first.schemes[0].name_origins] == [23, 26]
    assert first.schemes[0].names == ("a", "b")
    assert (second.schemes, second.origin) == ((), Origin("-", 5, 40))


def test_operations_that_ask_for_the_same_share_it_and_keep_their_places() -> None:
    one = f"{{get: {{{FINE}, security: [{{oauth: [read]}}]}}}}"
    text = f"{HEAD}# no list\npaths: {{/a: {one},\n  /b: {one}}}\n{SCHEMES}"

    first, second = (operation.security for operation in load(text).operations)

    assert first.asked is second.asked
    assert [one.requirements[0].origin.line for one in (first, second)] == [4, 5]


@pytest.mark.parametrize(
    ("security", "expected"),
    [
        pytest.param("security: {oauth: []}", "5:3 security-shape", id="a map"),
        pytest.param("security: null", "5:13 security-shape", id="nothing"),
        pytest.param("security: oauth", "5:13 security-shape", id="a name"),
        pytest.param("security: [oauth]", "5:14 security-shape", id="a list of names"),
        pytest.param("security: [[{oauth: []}]]", "5:14 security-shape", id="a list of lists"),
        pytest.param("security: [{oauth: read}]", "5:22 security-shape", id="a scope alone"),
        pytest.param("security: [{oauth: null}]", "5:22 security-shape", id="no list of scopes"),
        pytest.param("security: [{oauth: {read: x}}]", "5:15 security-shape", id="a map of scopes"),
        pytest.param("security: [{oauth: [1]}]", "5:23 security-shape", id="a number"),
        pytest.param("security: [{oauth: [[a]]}]", "5:23 security-shape", id="a list in a list"),
        pytest.param("security: [{ouath: []}]", "5:15 undeclared-scheme", id="an unknown scheme"),
        pytest.param("security: [{Oauth: []}]", "5:15 undeclared-scheme", id="in another case"),
    ],
)
def test_a_list_that_is_none_does_not_load(security: str, expected: str) -> None:
    assert rules(operation(security)) == [expected]


def test_the_roots_list_is_held_to_the_same_rules() -> None:
    assert rules(operation("", root="security: {oauth: []}")) == ["3:1 security-shape"]
    assert rules(operation("", root="security: [{nope: []}]")) == ["3:13 undeclared-scheme"]


def test_an_undeclared_scheme_offers_the_nearest() -> None:
    assert messages(operation("security: [{ouath: []}]")).endswith(
        "`ouath` is not in components.securitySchemes, did you mean `oauth`?"
    )


def test_without_any_scheme_every_name_is_undeclared() -> None:
    text = f"{HEAD}security: [{{a: []}}]\npaths: {{}}\n"

    assert rules(text) == ["3:13 undeclared-scheme"]
    assert rules(text + "components: {securitySchemes: []}\n")[0] == "3:13 undeclared-scheme"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param(f"paths: {{/a: {{security: [], get: {{{FINE}}}}}}}", "3:14", id="a path item"),
        pytest.param("paths: {security: []}", "3:9", id="paths"),
        pytest.param("paths: {}\ncomponents: {security: []}", "4:14", id="components"),
        pytest.param("info: {}", "2:30", id="info"),
        pytest.param("paths: {/a: {get: {responses: {security: []}}}}", "3:32", id="responses"),
        pytest.param(
            "paths: {/a: {get: {responses: {default: {description: d, security: []}}}}}",
            "3:58",
            id="a response",
        ),
        pytest.param(
            f"paths: {{/a: {{get: {{{FINE}, parameters: [{{name: a, in: query,\n"
            "  schema: {}, security: []}]}}}",
            "4:15",
            id="a parameter",
        ),
        pytest.param(
            "paths: {}\ncomponents: {schemas: {S: {security: []}}}", "4:28", id="a schema"
        ),
        pytest.param(
            "paths: {}\ncomponents: {schemas: {T: {}, S: {$ref: '#/components/schemas/T',\n"
            "  security: []}}}",
            "5:3",
            id="beside a reference",
        ),
        pytest.param(
            "paths: {}\ncomponents: {schemas: {S: {discriminator: {propertyName: a,\n"
            "  security: []}}}}",
            "5:3",
            id="a discriminator",
        ),
        pytest.param("paths: {}\ntags: [{name: t, security: []}]", "4:18", id="a tag"),
        pytest.param("paths: {}\nservers: [{url: /, security: []}]", "4:20", id="a server"),
    ],
)
def test_security_anywhere_else_does_not_load(text: str, place: str) -> None:
    document = f"{HEAD}{text}\n"
    if text == "info: {}":
        document = 'openapi: "3.0.3"\ninfo: {title: t, version: "1", security: []}\npaths: {}\n'
        place = "2:32"

    assert f"{place} security-place" in rules(document)
    assert f"{place} schema" not in rules(document)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("schemas: {S: {properties: {security: {type: array}}}}", id="a property"),
        pytest.param("schemas: {security: {type: string}}", id="a schema of that name"),
        pytest.param(
            "schemas: {S: {example: {security: x}, enum: [{security: 1}]}}", id="examples"
        ),
        pytest.param("schemas: {S: {default: {security: x}, x-a: {security: 1}}}", id="data"),
        pytest.param("examples: {E: {value: {security: x}}}", id="an example object"),
        pytest.param("headers: {security: {schema: {}}}", id="a header of that name"),
        pytest.param("x-security: {security: x}", id="an extension"),
    ],
)
def test_what_is_only_called_security_loads(text: str) -> None:
    assert loads(f"{HEAD}paths: {{}}\ncomponents: {{{text}}}\n")


def test_a_callback_may_have_security_of_declared_schemes() -> None:
    text = "callbacks: {{c: {{u: {{post: {{{fine}, security: [{{{name}: []}}]}}}}}}}}"

    assert loads(operation(text.format(fine=FINE, name="key")))
    assert "undeclared-scheme" in rules(operation(text.format(fine=FINE, name="kye")))[0]
