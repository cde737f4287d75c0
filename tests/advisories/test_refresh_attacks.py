"""Refresh tokens replayed, raced, widened, borrowed and guessed: T11, and the family's end."""

import hashlib
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.advisories.octets import METADATA
from tests.advisories.served import Headers, Served, refused, served_world
from tests.edge.token_service.world import basic
from token_service.entities import ClientType

RACERS = 8
CHALLENGE = f'Bearer realm="song_auth", error="invalid_token", {METADATA}'


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_world(tmp_path_factory.mktemp("served")) as served:
        yield served


@pytest.fixture(scope="module")
def other(served: Served) -> Headers:
    """Another client with every right that this world's own has."""
    created = served.world.service.administration.create_client(
        "other", grants=["password", "refresh_token", "client_credentials"]
    )
    return tuple(basic(created.client.client_id, str(created.secret)).items())


def begin(served: Served, **more: str) -> str:
    """The first refresh token of a new family."""
    return str(served.password(**more).json()["refresh_token"])


def rotate(served: Served, refresh_token: str) -> str:
    answer = served.refresh(refresh_token)
    assert answer.status == 200, answer.body
    return str(answer.json()["refresh_token"])


def dead(served: Served, refresh_token: str) -> None:
    refused(served.refresh(refresh_token), 400, "invalid_grant")


@pytest.mark.parametrize("generations", [1, 2, 5])
def test_a_replay_of_any_generation_ends_the_family_and_no_other(
    served: Served, generations: int
) -> None:
    first, neighbour = begin(served), begin(served)
    line = [first]
    for _ in range(generations):
        line.append(rotate(served, line[-1]))

    dead(served, first)

    for token in line:
        dead(served, token)
    assert served.refresh(neighbour).status == 200
    assert served.password().status == 200


def test_a_replay_that_asks_for_more_is_a_replay_all_the_same(served: Served) -> None:
    first = begin(served, scope="read")
    successor = rotate(served, first)

    refused(served.refresh(first, scope="read post"), 400, "invalid_grant")

    dead(served, successor)


def test_a_race_of_eight_has_exactly_one_successor(served: Served) -> None:
    for _ in range(3):
        answers = race(served, begin(served))

        outcomes = Counter((status, error) for status, error, _ in answers)
        assert outcomes == {(200, ""): 1, (400, "invalid_grant"): RACERS - 1}
        (successor,) = [token for _, _, token in answers if token]
        dead(served, successor)
    assert served.refresh(begin(served)).status == 200


def race(served: Served, refresh_token: str) -> list[tuple[int, str, str]]:
    """Eight connections present one token at the same moment: status, error, successor."""
    barrier = threading.Barrier(RACERS)

    def present() -> tuple[int, str, str]:
        barrier.wait(timeout=10)
        answer = served.refresh(refresh_token)
        told = answer.json()
        return answer.status, told.get("error", ""), told.get("refresh_token", "")

    with ThreadPoolExecutor(RACERS) as pool:
        futures = [pool.submit(present) for _ in range(RACERS)]
        return [future.result(timeout=30) for future in futures]


WIDER = ["read post", "post", "read create post widget", "nope", "READ", "*", "read  create", " ",
         "read\tcreate", "rea", "read,create"]  # fmt: skip


@pytest.mark.parametrize("scope", WIDER, ids=repr)
def test_t11_a_wider_scope_is_refused_and_spends_nothing(served: Served, scope: str) -> None:
    token = begin(served, scope="read create")

    refused(served.refresh(token, scope=scope), 400, "invalid_scope")

    assert served.refresh(token, scope="read").json()["scope"] == "read"


def test_t11_a_narrow_refresh_does_not_widen_beyond_the_grant_afterwards(served: Served) -> None:
    narrow = served.refresh(begin(served, scope="read create"), scope="read").json()

    refused(served.refresh(narrow["refresh_token"], scope="read post"), 400, "invalid_scope")
    again = served.refresh(narrow["refresh_token"]).json()

    assert again["scope"] == "read create"
    assert served.songs(narrow["access_token"], "POST").status == 403
    assert served.songs(again["access_token"], "POST").status == 201


def test_t11_another_client_can_neither_use_nor_end_it(served: Served, other: Headers) -> None:
    public = served.world.service.administration.create_client(
        "app", type=ClientType.PUBLIC, grants=["refresh_token"]
    )
    token = begin(served)

    refused(served.refresh(token, client=other), 400, "invalid_grant")
    named = served.refresh(token, client=(), client_id=public.client.client_id)
    refused(named, 400, "invalid_grant")
    refused(served.refresh(token, client=()), 401, "invalid_client")

    successor = rotate(served, token)
    refused(served.refresh(token, client=other), 400, "invalid_grant")
    assert served.refresh(successor).status == 200


GARBAGE: dict[str, Callable[[str], str]] = {
    "another": lambda _: "Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyMTI",
    "one-character": lambda _: "x",
    "cut": lambda token: token[:-1],
    "longer": lambda token: token + "A",
    "padded": lambda token: token + "=",
    "case-swapped": str.swapcase,
    "blank-before": lambda token: " " + token,
    "blank-after": lambda token: token + " ",
    "tab-after": lambda token: token + "\t",
    "bearer-before": lambda token: f"Bearer {token}",
    "encoded-twice": lambda token: "".join(f"%{ord(letter):02x}" for letter in token),
    "its-stored-form": lambda token: hashlib.sha256(token.encode()).hexdigest(),
    "twice-in-one": lambda token: f"{token} {token}",
    "sql": lambda _: "' OR '1'='1",
    "wildcard": lambda _: "%",
    "json": lambda token: f'{{"$ne":"{token}"}}',
    "beyond-ascii": lambda token: token + "é",
    "60-kB": lambda token: token * 1300,
}


@pytest.mark.parametrize("change", GARBAGE.values(), ids=GARBAGE)
def test_what_is_not_exactly_a_refresh_token_is_invalid_grant(
    served: Served, change: Callable[[str], str]
) -> None:
    token = begin(served)

    refused(served.refresh(change(token)), 400, "invalid_grant")

    assert served.refresh(token).status == 200


@pytest.mark.parametrize("token", ["", "a\x00", "a\r\nb"], ids=repr)
def test_an_empty_or_broken_refresh_token_is_invalid_request(served: Served, token: str) -> None:
    refused(served.refresh(token), 400, "invalid_request")
    assert served.refresh(begin(served)).status == 200


def test_two_refresh_tokens_are_invalid_request_and_spend_nothing(served: Served) -> None:
    token, second = begin(served), begin(served)
    pairs = [("grant_type", "refresh_token"), ("refresh_token", token), ("refresh_token", second)]

    refused(served.form(*pairs), 400, "invalid_request")

    assert [served.refresh(each).status for each in (token, second)] == [200, 200]


def test_an_access_token_refreshes_nothing(served: Served) -> None:
    answer = served.password().json()

    dead(served, answer["access_token"])

    assert served.refresh(answer["refresh_token"]).status == 200


def test_a_refresh_token_is_no_bearer_token_at_the_gateway(served: Served) -> None:
    answer = served.password().json()
    refused_ = served.songs(answer["refresh_token"])

    assert (refused_.status, refused_.header("www-authenticate")) == (401, CHALLENGE)
    assert served.songs(answer["access_token"]).status == 200
    assert served.refresh(answer["refresh_token"]).status == 200


def test_tokens_of_other_grants_come_without_a_refresh_token(served: Served) -> None:
    answer = served.form(("grant_type", "client_credentials")).json()

    assert "refresh_token" not in answer
    dead(served, answer["access_token"])


@pytest.mark.parametrize("who", ["user", "client"])
def test_a_family_dies_with_its_user_or_client_and_stays_dead(served: Served, who: str) -> None:
    admin = served.world.service.administration
    alice = admin.find_user_by_name("alice")
    assert alice is not None
    token = begin(served)

    def set_active(active: bool) -> None:
        if who == "user":
            admin.set_user_active(alice.id, active=active)
        else:
            admin.set_client_active(served.world.client_id, active=active)

    set_active(False)
    dead(served, token)
    set_active(True)
    # tokens of the second in which it was disabled stay revoked
    served.world.clock.now += 1

    dead(served, token)
    assert served.refresh(begin(served)).status == 200


def test_a_client_that_hangs_up_leaves_one_living_token_or_a_dead_family(served: Served) -> None:
    """The answer is lost: a retry with the same token is a replay, never a second successor."""
    token = begin(served)
    body = f"grant_type=refresh_token&refresh_token={token}".encode()
    told = [*served.client, ("Content-Type", "application/x-www-form-urlencoded")]
    lines = "".join(f"{name}: {value}\r\n" for name, value in told)
    head = f"POST /o/token/ HTTP/1.1\r\nHost: x\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        connection.sendall(head.encode() + body)

    answers = [served.refresh(token) for _ in range(2)]

    assert [answer.status for answer in answers] in ([400, 400], [200, 400])
    assert served.refresh(begin(served)).status == 200
