"""An operation whose schemas cannot be used stops the start, or is not served: never unchecked."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from gateway.edge.answering import Endpoint
from gateway.edge.endpoints import Unhandled, build_endpoints
from gateway.edge.entry import Entry
from gateway.edge.served import serve_document
from gateway.edge.verdict import Settle
from gateway.errors import DocumentError, Fault, Origin
from gateway.guard import Guard
from gateway.spec.model import ApiDescription, OperationKey
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import (
    NobodyKnown,
    bearer,
    document,
    loaded,
    operation,
    read,
    ruleset_of,
)
from tests.unit.tokens.minting import NOW

READ = [{"oauth": ["read"]}]
#: what reading lets pass, for a schema may lead to itself, and no value can be judged by
BROKEN = {"allOf": [{"$ref": "#/components/schemas/Bad"}]}


def body(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


TEXT = document(
    {
        "/good": {"post": operation(READ, requestBody=body({"type": "integer"}))},
        "/bad": {"post": operation(READ, requestBody=body({"$ref": "#/components/schemas/Bad"}))},
        "/worse": {"post": operation(READ, parameters=[{
            "name": "p", "in": "query", "schema": {"$ref": "#/components/schemas/Bad"},
        }])},
    },
    components={"schemas": {"Bad": BROKEN}},
)  # fmt: skip


def endpoints(description: ApiDescription, **more: Any) -> Mapping[OperationKey, Endpoint]:
    return build_endpoints(
        description,
        {},
        resources={},
        otherwise=Unhandled.EXAMPLE,
        max_body_bytes=1000,
        timeout=5.0,
        **more,
    )


def post(description: ApiDescription, target: str, headers: Any, **more: Any) -> Reply:
    """Serve a description that was read, and ask for one operation of it."""
    ruleset = ruleset_of(replace(loaded(TEXT), description=description))
    guard = Guard(credentials=NobodyKnown(), clock=lambda: NOW)
    served = serve_document(ruleset, endpoints(description, **more), guard=guard, settle=Settle())
    sent = {**headers, "content-type": "application/json"}
    return asyncio.run(call(Entry(served), "POST", target, sent, body=b"1"))


def test_the_start_is_stopped_with_a_line_for_each_operation() -> None:
    with pytest.raises(DocumentError) as caught:
        endpoints(read(TEXT))

    messages = [fault.message for fault in caught.value.faults]
    assert len(messages) == 2
    assert all("without end" in message and "\n" not in message for message in messages)
    assert {fault.origin.file for fault in caught.value.faults} == {"-"}


@pytest.mark.parametrize("target", ["/bad", "/worse"])
def test_a_fault_that_is_tolerated_is_answered_501_and_named(
    target: str, caplog: pytest.LogCaptureFixture
) -> None:
    reply = post(read(TEXT), target, bearer("read"), tolerates=True)

    assert reply.problem() == (501, "document-fault")
    assert reply.received == 0
    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [line.partition(":")[0] for line in lines] == [
        "POST /bad is not served",
        "POST /worse is not served",
    ]


def test_an_operation_beside_it_is_served_and_decided_as_ever() -> None:
    assert post(read(TEXT), "/good", bearer("read"), tolerates=True).status == 200
    assert post(read(TEXT), "/good", {}, tolerates=True).status == 401
    assert post(read(TEXT), "/bad", {}, tolerates=True).status == 401
    assert post(read(TEXT), "/bad", bearer("write"), tolerates=True).status == 403


def test_an_operation_that_was_read_with_a_fault_is_not_served_whoever_would_answer() -> None:
    fault = Fault("schema", "something is wrong", Origin("-", 1, 1))
    description = read(TEXT)
    good, *others = description.operations
    faulty = replace(
        description, operations=(replace(good, faults=(fault,)), *others), tolerated=(fault,)
    )

    assert post(faulty, "/good", bearer("read")).problem() == (501, "document-fault")
    assert post(faulty, "/bad", bearer("read")).problem() == (501, "document-fault")
