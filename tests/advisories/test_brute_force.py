"""Guessing at passwords and client secrets: slowed down, evaded by nothing, harmless to others."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher

from tests.advisories.served import FORM, TOKEN, Served, refused, served_world
from tests.e2e.wire import Reply
from tests.edge.token_service.world import CHEAP, PASSWORD, basic
from token_service.passwords import SecretHasher
from token_service.throttle import WAITS

#: guesses that are looked at before the first wait
FREE = WAITS.count(0) + 1
GUESSERS = 8


class CountingArgon2(PasswordHasher):
    """Counts the hashes that are checked: what a request costs, without a clock."""

    def __init__(self) -> None:
        super().__init__(CHEAP.time_cost, CHEAP.memory_kib, CHEAP.parallelism)
        self.checks = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.checks += 1
        return super().verify(hash, password)


class CountingHasher(SecretHasher):
    """A hasher whose argon2 counts."""

    def __init__(self) -> None:
        super().__init__(CHEAP)
        self.counted = self._argon2 = CountingArgon2()


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
def served(tmp_path: Path, hasher: CountingHasher) -> Iterator[Served]:
    with served_world(tmp_path, hasher=hasher) as served:
        yield served


def cost(served: Served, hasher: CountingHasher, **changes: str) -> int:
    """How many hashes one password request costs."""
    before = hasher.counted.checks
    served.password(**changes)
    return hasher.counted.checks - before


def guess(served: Served, times: int = FREE, **changes: str) -> list[int]:
    return [served.password(**{"password": "wrong", **changes}).status for _ in range(times)]


def must_wait(reply: Reply) -> bool:
    """Whether the answer is 429, tells for how long, and is kept by nobody."""
    told = (reply.status, reply.header("cache-control"), reply.header("retry-after").isdigit())
    return told == (429, "no-store", True) and int(reply.header("retry-after")) > 0


def test_guesses_at_a_password_end_in_429_and_then_cost_no_hash(
    served: Served, hasher: CountingHasher
) -> None:
    assert guess(served) == [400] * FREE

    assert must_wait(served.password(password="wrong"))
    assert must_wait(served.password())
    assert cost(served, hasher) == 1
    served.world.clock.now += 1
    assert served.password().status == 200


FORWARDED = ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "X-Client-IP", "Via"]


@pytest.mark.parametrize("name", FORWARDED)
def test_an_address_that_the_sender_writes_evades_nothing(served: Served, name: str) -> None:
    wrong = f"grant_type=password&username=alice&password=wrong&client_id={served.world.client_id}"

    def send(number: int, body: str) -> Reply:
        value = f"for=198.51.100.{number}" if name == "Forwarded" else f"198.51.100.{number}"
        return served.send("POST", TOKEN, [*served.client, FORM, (name, value)], body.encode())

    assert [send(number, wrong).status for number in range(FREE)] == [400] * FREE
    assert must_wait(send(200, wrong))
    assert must_wait(send(201, wrong.replace("=wrong", f"={PASSWORD}")))


def test_an_address_that_is_another_one_evades_nothing(served: Served) -> None:
    for number in range(FREE):
        replace(served, source=f"127.0.0.{number + 2}").password(password="wrong")

    assert must_wait(served.password())


def test_spellings_of_one_name_are_counted_together(served: Served) -> None:
    spellings = ["\uff41lice", "a\uff4cice", "al\uff49ce", "ali\uff43e"]
    for number in range(FREE):
        served.password(username=spellings[number % len(spellings)], password="wrong")

    assert must_wait(served.password())


def test_others_are_not_locked_out_with_a_user(served: Served) -> None:
    admin = served.world.service.administration
    admin.create_user("bob", PASSWORD)
    other = admin.create_client("other", grants=["password"])
    token = served.password().json()
    guess(served)
    form = {"grant_type": "password", "username": "alice", "password": PASSWORD}
    elsewhere = tuple(basic(other.client.client_id, str(other.secret)).items())

    assert must_wait(served.password())
    assert served.password(username="bob").status == 200
    assert served.form(*form.items(), client=elsewhere).status == 200
    assert served.form(("grant_type", "client_credentials")).status == 200
    assert served.refresh(token["refresh_token"]).status == 200
    assert served.songs(token["access_token"]).status == 200


def test_an_unknown_user_is_told_apart_by_neither_answer_nor_cost_nor_wait(
    served: Served, hasher: CountingHasher
) -> None:
    known = served.password(password="wrong")
    unknown = served.password(username="nobody", password="wrong")
    costs = [cost(served, hasher, username=name, password="wrong") for name in ("alice", "nobody")]

    refused(known, 400, "invalid_grant")
    assert (unknown.status, unknown.headers, unknown.body) == (
        known.status,
        known.headers,
        known.body,
    )
    assert costs == [2, 2]
    assert guess(served, FREE - 2, username="nobody") == guess(served, FREE - 2)
    assert must_wait(served.password(username="nobody"))
    assert must_wait(served.password())


@pytest.mark.parametrize(
    ("changes", "hashes"),
    [
        pytest.param({}, 2, id="good"),
        pytest.param({"password": "x" * 1024}, 2, id="the longest password there can be"),
        pytest.param({"password": "x" * 1025}, 1, id="a longer one"),
        pytest.param({"password": "x" * 60_000}, 1, id="as long as a form can hold"),
        pytest.param({"password": "x" * 1_000_000}, 0, id="a megabyte"),
        pytest.param({"client_id": "other"}, 0, id="two clients"),
        pytest.param({"grant_type": "nonsense"}, 0, id="no grant"),
        pytest.param({"username": ""}, 1, id="no user"),
    ],
)
def test_a_request_is_hashed_for_only_if_it_could_be_right(
    served: Served, hasher: CountingHasher, changes: dict[str, str], hashes: int
) -> None:
    assert cost(served, hasher, **changes) == hashes
    assert served.password().status == 200


def test_guesses_at_once_get_no_more_looks_than_one_after_another(
    served: Served, hasher: CountingHasher
) -> None:
    """As many guesses as run at once can slip by the count, and no more."""
    with ThreadPoolExecutor(GUESSERS) as pool:
        answers = list(pool.map(lambda _: served.password(password="wrong"), range(5 * FREE)))

    looked_at = [answer for answer in answers if answer.status == 400]
    assert FREE <= len(looked_at) < FREE + GUESSERS
    assert hasher.counted.checks == len(answers) + len(looked_at)
    assert must_wait(served.password())


def test_guesses_at_a_client_secret_end_in_429_for_who_guesses(
    served: Served, hasher: CountingHasher
) -> None:
    own = ("grant_type", "client_credentials")
    named = [own, ("client_id", served.world.client_id), ("client_secret", "wrong")]
    in_header = tuple(basic(served.world.client_id, "wrong").items())
    guesser = replace(served, source="127.0.0.9")

    statuses = [
        guesser.form(*named, client=()).status
        if number % 2
        else guesser.form(own, client=in_header).status
        for number in range(FREE)
    ]

    assert statuses == [401] * FREE
    before = hasher.counted.checks
    assert must_wait(guesser.form(*named, client=()))
    assert must_wait(guesser.form(own))
    assert hasher.counted.checks == before
    assert served.form(own).status == 200
