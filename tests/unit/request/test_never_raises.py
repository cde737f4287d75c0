"""Whatever is sent, the reader answers: arguments or a problem, never an exception."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.edge.request.reader import Arguments, RequestProblem, RequestReader
from tests.unit.request.calls import FORM, JSON, LIMIT, Client, body_of, document, operation, read

NODE = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]+$", "nullable": True},
        "size": {"type": "integer", "format": "int32", "multipleOf": 3},
        "part": {"type": "number", "exclusiveMinimum": True, "minimum": 0, "multipleOf": 0.1},
        "on": {"type": "string", "format": "date-time"},
        "key": {"type": "string", "format": "uuid"},
        "raw": {"type": "string", "format": "byte"},
        "file": {"type": "string", "format": "binary"},
        "tags": {"type": "array", "items": {"type": "integer"}, "uniqueItems": True},
        "next": {"$ref": "#/components/schemas/Node"},
        "any": {"oneOf": [{"$ref": "#/components/schemas/Node"}, {"type": "integer"}]},
    },
    "required": ["name"],
    "additionalProperties": False,
}
REF = {"$ref": "#/components/schemas/Node"}
TYPES = [JSON, FORM, "multipart/form-data", "text/plain", "application/octet-stream"]


def parameters() -> list[dict[str, Any]]:
    schemas: dict[str, Any] = {
        "n": {"type": "integer"},
        "list": {"type": "array", "items": {"type": "number"}},
        "node": REF,
    }
    styles = {
        "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
        "path": ("simple", "label", "matrix"),
        "header": ("simple",),
        "cookie": ("form",),
    }
    made = [
        {"name": f"{name}{style}{explode}", "in": place, "schema": schema, "style": style,
         "explode": explode}
        for place, of_place in styles.items()
        for style in of_place
        for explode in (True, False)
        for name, schema in schemas.items()
    ]  # fmt: skip
    return [*made, {"name": "j", "in": "query", "content": {JSON: {"schema": REF}}}]


OPERATIONS = {
    "declared": operation(parameters=parameters(), body=body_of(REF, *TYPES)),
    "anything": operation("PUT", body=body_of(REF, "*/*", required=False)),
    "undeclared": operation("PATCH"),
}
READERS = {
    name: RequestReader(one, document(Node=NODE), max_body_bytes=LIMIT)
    for name, one in OPERATIONS.items()
}
NAMES = [one["name"] for one in OPERATIONS["declared"].parameters]

#: pieces that parsers stumble over, in any order
PIECES = st.lists(
    st.sampled_from(
        [
            b"{", b"}", b"[", b"]", b'"', b":", b",", b"=", b"&", b"%", b"%ff", b"+", b"\\", b"\\u",
            b"\\ud800", b"NaN", b"1e999", b"9" * 1_200, b"-", b"\xff", b"\x00", b"\r\n", b"--",
            b"--b", b"--b--", b"Content-Disposition: form-data; name=", b'"name"', b"name", b"size",
            b"tags", b"next", b"null", b"true", b"1", b"a", b".", b"|", b"%7C", b"%2C", b";",
            b"[x]",
        ]
    ),
    max_size=30,
).map(b"".join)  # fmt: skip
BODIES = st.binary(max_size=200) | PIECES
CONTENT_TYPES = (
    st.sampled_from([*TYPES, *(f"{one}; boundary=b" for one in TYPES), "a/b+json"])
    | st.text(st.characters(max_codepoint=255), max_size=30)
    | st.none()
)
PAIRS = st.tuples(st.sampled_from([name.encode() for name in NAMES]), PIECES)
QUERIES = st.binary(max_size=100) | st.lists(PAIRS).map(
    lambda pairs: b"&".join(name + b"=" + value for name, value in pairs)
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from([*NAMES, "Cookie", "Content-Length", "Content-Encoding", "Content-Type"]),
        st.text(st.characters(max_codepoint=255), max_size=30)
        | PIECES.map(lambda raw: raw.decode("latin-1")),
    ),
    max_size=4,
)
PATHS = st.dictionaries(st.sampled_from(NAMES), st.text(max_size=20), max_size=4)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    chunks=st.lists(BODIES, max_size=3),
    content_type=CONTENT_TYPES,
    query=QUERIES,
    headers=HEADERS,
    path=PATHS,
)
def test_any_request_gets_arguments_or_a_problem(
    name: str,
    chunks: list[bytes],
    content_type: str | None,
    query: bytes,
    headers: list[tuple[str, str]],
    path: dict[str, str],
) -> None:
    result = read(
        READERS[name],
        Client(*chunks, b""),
        content_type=content_type,
        headers=headers,
        query=query,
        path=path,
    )

    assert isinstance(result, Arguments | RequestProblem)
    if isinstance(result, RequestProblem):
        assert result.status in (400, 413, 415)
        assert len(result.violations) <= 20


@settings(max_examples=300, deadline=None)
@given(raw=BODIES, content_type=CONTENT_TYPES)
def test_any_body_of_a_known_length_gets_arguments_or_a_problem(
    raw: bytes, content_type: str | None
) -> None:
    result = read(READERS["anything"], raw, content_type=content_type)

    assert isinstance(result, Arguments | RequestProblem)
