"""Bodies that come in pieces, without a length, or not to their end."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from tests.edge.token_service.world import World

FORM = [(b"content-type", b"application/x-www-form-urlencoded")]
KIB = b"x=" + b"x" * 1022


def statuses(
    world: World,
    messages: Sequence[dict[str, Any]],
    *,
    path: str = "/o/token/",
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> tuple[list[int], int]:
    """The statuses sent to a client that sends these messages, and how many of them were read."""
    waiting, sent = list(messages), list[int]()

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            sent.append(message["status"])

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [*FORM, *headers],
        "client": None,
    }
    asyncio.run(world.service.asgi(scope, receive, send))  # type: ignore[arg-type] # a coroutine
    return sent, len(messages) - len(waiting)


def piece(body: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_in_pieces_is_put_together(world: World) -> None:
    whole = b"grant_type=client_credentials&client_id=%s&client_secret=%s" % (
        world.client_id.encode(),
        world.client_secret.encode(),
    )

    sent, _ = statuses(world, [piece(whole[:9]), piece(b""), piece(whole[9:], more=False)])

    assert sent == [200]


@pytest.mark.parametrize(("pieces", "status"), [(64, 400), (65, 413)])
def test_a_body_without_a_length_is_bounded_all_the_same(
    world: World, pieces: int, status: int
) -> None:
    sent, _ = statuses(world, [piece(KIB)] * (pieces - 1) + [piece(KIB, more=False)])

    assert sent == [status]


def test_nothing_is_read_beyond_the_bound(world: World) -> None:
    _, read = statuses(world, [piece(KIB)] * 1000)

    assert read == 65


@pytest.mark.parametrize("path", ["/o/token/", "/accounts/login/", "/accounts/logout/"])
@pytest.mark.parametrize("length", [b"65537", b"9" * 5000], ids=["more", "much more"])
def test_what_is_announced_beyond_the_bound_is_not_read(
    world: World, path: str, length: bytes
) -> None:
    announced = [(b"content-length", length)]

    assert statuses(world, [piece(KIB)], path=path, headers=announced) == ([413], 0)


def test_a_client_that_goes_away_leaves_no_fault(world: World) -> None:
    sent, _ = statuses(world, [piece(b"grant_type="), {"type": "http.disconnect"}])

    assert sent == [400]
