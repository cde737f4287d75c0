"""Bodies of many JSON texts, bodies of which nothing is said, and the method QUERY."""

from typing import Any

import pytest

from tests.unit.request.calls import (
    JSON,
    accepted,
    body_of,
    document,
    operation,
    reader,
    refused,
    told,
)

V32 = document("3.2.0", Item={"type": "object", "required": ["n"]})
ITEM = {"$ref": "#/components/schemas/Item"}
LINES, RECORDS = "application/jsonl", "application/json-seq"


def taking(media_type: str, **entry: Any) -> Any:
    return reader(operation(body={"content": {media_type: entry}}), V32)


@pytest.mark.parametrize(
    ("media_type", "sent"),
    [
        (LINES, b'{"n":1}\n{"n":2}\n'),
        ("application/x-ndjson", b'{"n":1}\r\n\r\n{"n":2}'),
        (RECORDS, b'\x1e{"n":1}\n\x1e{"n":\n2}\n'),
        ("application/geo+json-seq", b'\x1e{"n":1}\x1e{"n":2}'),
    ],
)
@pytest.mark.parametrize(
    "entry", [{"itemSchema": ITEM}, {"schema": {"type": "array", "items": ITEM}}]
)
def test_a_sequence_is_read_and_each_item_is_checked(
    media_type: str, sent: bytes, entry: Any
) -> None:
    asked = taking(media_type, **entry)

    assert accepted(asked, sent, content_type=media_type).body == [{"n": 1}, {"n": 2}]
    bad = sent.replace(b'{"n":1}', b'{"m":1}')
    assert told(refused(asked, bad, content_type=media_type)) == {"/0/n": "is required"}


def test_a_text_of_a_sequence_that_cannot_be_read_is_told_by_its_number() -> None:
    problem = refused(
        taking(LINES, itemSchema=ITEM), b'{"n":1}\n{"n"}\n{"n":1,"n":2}', content_type=LINES
    )

    assert list(told(problem)) == ["/1", "/2/n"]


def test_a_sequence_is_checked_as_a_whole_too() -> None:
    asked = taking(LINES, itemSchema=ITEM, schema={"maxItems": 1})

    assert accepted(asked, b'{"n":1}', content_type=LINES).body == [{"n": 1}]
    assert told(refused(asked, b'{"n":1}\n{"n":1}', content_type=LINES))


@pytest.mark.parametrize("entry", [{}, {"schema": {"type": "string", "format": "binary"}}])
def test_a_sequence_of_which_nothing_is_said_stays_octets(entry: Any) -> None:
    assert accepted(taking(LINES, **entry), b"{]", content_type=LINES).body == b"{]"


def test_events_are_handed_on_as_text() -> None:
    asked = taking("text/event-stream", itemSchema={"required": ["data"]})

    sent = b"data: 1\n\n"
    assert accepted(asked, sent, content_type="text/event-stream").body == "data: 1\n\n"


@pytest.mark.parametrize("body", [{"content": {}}, {"content": {}, "required": True}])
def test_a_body_with_empty_content_may_be_anything(body: Any) -> None:
    asked = reader(operation(body=body), V32)

    assert accepted(asked, b"{}", content_type=JSON).body == {}
    assert accepted(asked, b"\xff", content_type="image/png").body == b"\xff"


def test_an_empty_body_is_missing_where_one_is_required_whatever_its_content() -> None:
    assert refused(reader(operation(body={"content": {}, "required": True}), V32)).status == 400
    assert not accepted(reader(operation(body={"content": {}}), V32)).has_body


def test_an_entry_of_content_that_says_nothing_takes_its_media_type_alone() -> None:
    asked = reader(operation(body={"content": {JSON: None}}), V32)

    assert accepted(asked, b"[1]", content_type=JSON).body == [1]
    assert refused(asked, b"x", content_type="text/plain").status == 415


def test_a_query_has_a_body_declared_or_not_and_a_get_has_not() -> None:
    declared = reader(operation("QUERY", body=body_of({"type": "integer"})), V32)
    undeclared = reader(operation("QUERY"), V32)

    assert accepted(declared, b"1", content_type=JSON).body == 1
    assert refused(declared, b'"1"', content_type=JSON).status == 400
    assert accepted(undeclared, b"1", content_type=JSON).body == 1
    assert not accepted(reader(operation("GET"), V32), b"1", content_type=JSON).has_body
