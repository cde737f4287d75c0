"""The body guard: limits, media types, encodings; one reading, at most."""

import asyncio
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from tests.unit.request.calls import (
    FORM,
    JSON,
    LIMIT,
    Client,
    accepted,
    body_of,
    document,
    operation,
    read,
    reader,
    refused,
    told,
)

SONG = {
    "type": "object",
    "required": ["title"],
    "properties": {"title": {"type": "string"}},
    "additionalProperties": False,
}
ASKED = reader(operation(body=body_of(SONG)))
GOOD = b'{"title": "a"}'


@pytest.mark.parametrize(
    "content_type",
    [
        JSON,
        "Application/JSON",
        "application/json;charset=utf-8",
        'application/json ; charset="UTF-8"',
        "application/json; profile=x",
    ],
)
def test_json_is_read_however_its_type_is_spelt(content_type: str) -> None:
    assert accepted(ASKED, GOOD, content_type=content_type).body == {"title": "a"}


@pytest.mark.parametrize("content_type", ["Application/JSON", "application/json ;charset=utf-8"])
def test_spelling_of_the_type_skips_no_validation(content_type: str) -> None:
    assert refused(ASKED, b'{"title": 1}', content_type=content_type).status == 400


@pytest.mark.parametrize(
    "content_type",
    [
        "garbage", "a/b/c", "text/plain", "application/jsonp", "application/vnd.a+json",
        "application/json; charset=utf-16", "application/json; charset=bogus",
        "application/json, text/plain", "application/json; charset", FORM, "\xff/\x00",
    ],
)  # fmt: skip
def test_other_types_are_415_before_the_body_is_asked_for(content_type: str) -> None:
    client = Client(GOOD)

    problem = refused(
        ASKED, client, content_type=content_type, headers=[("Content-Length", str(len(GOOD)))]
    )

    assert (problem.status, problem.slug) == (415, "unsupported-media-type")
    assert problem.headers == (("Accept", JSON),)
    assert client.asked == 0


@pytest.mark.parametrize("content_type", [None, ""])
def test_missing_type_is_400_before_the_body_is_asked_for(content_type: str | None) -> None:
    client = Client(GOOD)

    problem = refused(
        ASKED, client, content_type=content_type, headers=[("Content-Length", str(len(GOOD)))]
    )

    assert (problem.status, list(told(problem))) == (400, ["/header/Content-Type"])
    assert client.asked == 0


def test_two_content_types_are_415() -> None:
    headers = [("Content-Type", JSON), ("Content-Type", JSON)]

    assert refused(ASKED, GOOD, headers=headers).status == 415


@pytest.mark.parametrize("coding", ["gzip", "br", "GZIP", "identity, gzip", "x"])
def test_content_encoding_is_415(coding: str) -> None:
    problem = refused(ASKED, GOOD, content_type=JSON, headers=[("Content-Encoding", coding)])

    assert problem.status == 415
    assert problem.headers == (("Accept-Encoding", "identity"),)


def test_identity_is_no_content_encoding() -> None:
    taken = accepted(ASKED, GOOD, content_type=JSON, headers=[("Content-Encoding", "Identity")])

    assert taken.body == {"title": "a"}


@pytest.mark.parametrize("content_type", [JSON, None, "text/plain"])
def test_missing_body_is_400_where_it_is_required(content_type: str | None) -> None:
    problem = refused(ASKED, b"", content_type=content_type)

    assert (problem.status, told(problem)) == (400, {"": "is required"})


def test_missing_body_is_taken_where_it_is_optional() -> None:
    asked = reader(operation(body=body_of(SONG, required=False)))

    taken = accepted(asked, b"")

    assert (taken.body, taken.has_body) == (None, False)
    assert refused(asked, b"{}", content_type=JSON).status == 400


def test_null_is_a_body() -> None:
    asked = reader(operation(body=body_of({"type": "object", "nullable": True})))

    taken = accepted(asked, b"null", content_type=JSON)

    assert (taken.body, taken.has_body) == (None, True)


def test_announced_body_over_the_limit_is_413_before_it_is_asked_for() -> None:
    client = Client(b"x")

    problem = refused(
        ASKED, client, content_type=JSON, headers=[("Content-Length", str(LIMIT + 1))]
    )

    assert (problem.status, problem.slug) == (413, "content-too-large")
    assert client.asked == 0


def test_chunked_body_over_the_limit_is_413_at_the_chunk_that_breaks_it() -> None:
    client = Client(*[b"x" * 4_000] * 10)

    assert refused(ASKED, client, content_type=JSON).status == 413
    assert client.asked == 3


def test_body_of_exactly_the_limit_is_read() -> None:
    raw = GOOD + b" " * (LIMIT - len(GOOD))

    assert accepted(ASKED, raw, content_type=JSON).body == {"title": "a"}
    assert refused(ASKED, raw + b" ", content_type=JSON).status == 413


def test_chunked_body_is_read_whole() -> None:
    client = Client(b'{"title"', b"", b': "a"}')

    assert accepted(ASKED, client, content_type=JSON).body == {"title": "a"}


def test_chunked_body_without_a_type_is_400_only_if_it_is_not_empty() -> None:
    asked = reader(operation(body=body_of(SONG, required=False)))

    assert refused(asked, Client(b"", b"x")).status == 400
    assert not accepted(asked, Client(b"", b"")).has_body


@pytest.mark.parametrize("length", ["abc", "-1", "1_0", "+1", "", "9" * 5_000, "\xb2"])
def test_content_length_that_is_no_number_is_400(length: str) -> None:
    problem = refused(ASKED, Client(GOOD), content_type=JSON, headers=[("Content-Length", length)])

    assert problem.status == 400


def test_two_lengths_are_400() -> None:
    lengths = [("Content-Length", "14"), ("Content-Length", "15")]

    assert refused(ASKED, Client(GOOD), content_type=JSON, headers=lengths).status == 400


@pytest.mark.parametrize("chunks", [(), (b'{"title"',)])
def test_client_that_goes_away_unwinds(chunks: tuple[bytes, ...]) -> None:
    with pytest.raises(ClientDisconnect):
        read(ASKED, Client(*chunks, leaves=True), content_type=JSON)


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        pytest.param(b'{"title": "a", "title": "b"}', "/title", id="name-twice"),
        pytest.param(b'{"title": NaN}', "/title", id="nan"),
        pytest.param(b'{"title": "\\ud800"}', "/title", id="surrogate"),
        pytest.param(b'{"title": "a"', "", id="cut-off"),
        pytest.param(b" ", "", id="white-space"),
        pytest.param(b'{"title": "a", "titel": "b"}', "/titel", id="unknown"),
        pytest.param(b"[]", "", id="another-type"),
    ],
)
def test_bad_json_is_400_with_a_pointer(raw: bytes, pointer: str) -> None:
    problem = refused(ASKED, raw, content_type=JSON)

    assert problem.status == 400
    assert list(told(problem)) == [pointer]


def body_with(*media_types: str, schema: Any = SONG) -> Any:
    return reader(operation(body=body_of(schema, *media_types)))


@pytest.mark.parametrize(
    ("declared", "sent", "raw", "body"),
    [
        pytest.param("application/*", JSON, GOOD, {"title": "a"}, id="range"),
        pytest.param("*/*", FORM, b"title=a", {"title": "a"}, id="any"),
        pytest.param("application/json; charset=utf-8", JSON, GOOD, {"title": "a"}, id="charset"),
        pytest.param(
            "application/merge-patch+json", "Application/Merge-Patch+JSON", GOOD, {"title": "a"},
            id="suffix",
        ),
    ],
)  # fmt: skip
def test_media_type_is_matched_to_the_document(
    declared: str, sent: str, raw: bytes, body: Any
) -> None:
    assert accepted(body_with(declared), raw, content_type=sent).body == body


@pytest.mark.parametrize(
    ("schema", "raw", "status"),
    [
        pytest.param({}, b"\xff", None, id="anything"),
        pytest.param({"type": "string", "format": "binary"}, b"\xff", None, id="octets"),
        pytest.param({"type": "string", "maxLength": 1}, b"\xff\xff", 400, id="too-long"),
        pytest.param(SONG, b"\xff", 415, id="object"),
    ],
)
def test_octets_are_taken_only_where_the_schema_takes_a_string(
    schema: Any, raw: bytes, status: int | None
) -> None:
    result = read(body_with("image/png", schema=schema), raw, content_type="image/png")

    assert getattr(result, "body", None) == (raw if status is None else None)
    assert getattr(result, "status", None) == status


def test_415_offers_only_what_can_be_read() -> None:
    asked = body_with(JSON, "application/xml", "text/*")

    problem = refused(asked, b"<a/>", content_type="application/xml")

    assert problem.headers == (("Accept", "application/json, text/*"),)


def test_more_specific_entry_rules() -> None:
    body = {
        "content": {
            "*/*": {"schema": {"type": "object"}},
            "application/*": {"schema": {"type": "array"}},
            "application/json": {"schema": {"type": "integer"}},
        }
    }
    asked = reader(operation(body=body))

    assert accepted(asked, b"1", content_type=JSON).body == 1
    assert accepted(asked, b"[]", content_type="application/a+json").body == []
    assert refused(asked, b"1", content_type="application/a+json").status == 400


def test_text_is_decoded_and_validated() -> None:
    asked = body_with("text/plain", schema={"type": "string", "maxLength": 2})

    assert accepted(asked, "éé".encode(), content_type="text/plain").body == "éé"
    assert refused(asked, b"abc", content_type="text/plain").status == 400
    assert refused(asked, b"\xff", content_type="text/plain").status == 400
    assert refused(asked, b"a", content_type="text/plain; charset=latin-1").status == 415


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    ("content_type", "raw", "body"),
    [
        pytest.param(JSON, b'{"a": 1}', {"a": 1}, id="json"),
        pytest.param("application/a+json", b"[1]", [1], id="json-suffix"),
        pytest.param(FORM, b"a=1&b=2&b=3", {"a": "1", "b": ["2", "3"]}, id="form"),
        pytest.param("text/plain", b"a", "a", id="text"),
        pytest.param("image/png", b"\xff", b"\xff", id="octets"),
        pytest.param(None, b"{}", b"{}", id="no-type"),
        pytest.param("garbage", b"{}", b"{}", id="garbage-type"),
    ],
)
def test_body_that_nobody_describes_is_handed_on(
    method: str, content_type: str | None, raw: bytes, body: Any
) -> None:
    taken = accepted(reader(operation(method)), raw, content_type=content_type)

    assert (taken.body, taken.has_body) == (body, True)


@pytest.mark.parametrize(
    ("raw", "content_type", "status"),
    [
        pytest.param(b'{"a": 1, "a": 2}', JSON, 400, id="bad-json"),
        pytest.param(b"a=%zz", FORM, 400, id="bad-form"),
        pytest.param(b"{}", "application/json; charset=utf-16", 415, id="utf-16"),
        pytest.param(b"x" * (LIMIT + 1), None, 413, id="too-large"),
    ],
)
def test_body_that_nobody_describes_is_guarded_all_the_same(
    raw: bytes, content_type: str | None, status: int
) -> None:
    assert refused(reader(operation("POST")), raw, content_type=content_type).status == status


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
def test_operation_without_parameters_and_body_reads_nothing(method: str) -> None:
    client = Client(b"x" * 50_000)

    taken = accepted(reader(operation(method)), client, content_type="garbage")

    assert (taken.parameters, taken.body, taken.has_body) == ({}, None, False)
    assert client.asked == 0


def test_problems_of_parameters_and_body_are_told_together() -> None:
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
    asked = reader(operation(parameters=[limit], body=body_of(SONG)))

    assert list(told(refused(asked, b"{}", content_type=JSON, query="limit=x"))) == [
        "/query/limit",
        "/title",
    ]
    assert list(told(refused(asked, GOOD, content_type=JSON, query="limit=x"))) == ["/query/limit"]
    assert refused(asked, GOOD, content_type="text/plain", query="limit=x").status == 415


def test_no_problem_quotes_a_value() -> None:
    for raw in (b'{"title": ["s3cret"]}', b'{"title": "s3cret', b'["s3cret"]'):
        assert "s3cret" not in repr(refused(ASKED, raw, content_type=JSON))


def test_reader_serves_many_requests_at_once() -> None:
    async def together() -> list[Any]:
        scope = {"type": "http", "headers": [(b"content-type", JSON.encode())]}
        clients = [Client(b'{"title"', b': "%d"}' % n) for n in range(20)]
        read: list[Any] = await asyncio.gather(*(ASKED.read(scope, c.receive, {}) for c in clients))
        return read

    titles = [arguments.body["title"] for arguments in asyncio.run(together())]

    assert titles == [str(n) for n in range(20)]


def test_schema_of_a_body_may_stand_anywhere_in_the_document() -> None:
    asked = reader(
        operation(body=body_of({"$ref": "#/components/schemas/A/properties/b"})),
        document(A={"properties": {"b": SONG}}),
    )

    assert accepted(asked, GOOD, content_type=JSON).body == {"title": "a"}
