"""The token service at both doors: nothing is a 500, and no token holds more than is due."""

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.accounts import CLIENTS, USERS, token_request
from tests.fuzz.budget import drawn_of, requests_of, seed_of
from tests.fuzz.doors import Door
from tests.fuzz.drawing import Drawn, draw, operations_of
from tests.fuzz.judge import judge_decision, judge_life
from tests.fuzz.ledger import Kind, Ledger
from tests.fuzz.messages import Answer, Request
from tests.fuzz.mutations import MUTATIONS, PLAIN, Mutation
from tests.fuzz.presentations import Due, Presentation, presentations
from tests.fuzz.token_judge import issued_scopes, judge_token, judge_within
from tests.fuzz.token_oracle import Asked, Proof, Scopes, flow_scopes, granted, refreshed
from tests.fuzz.trial import Trial
from tests.fuzz.world import DOCUMENT, TOKEN_SERVICE, World, read_raw

API = read_raw(DOCUMENT)
RAW = read_raw(TOKEN_SERVICE)
OPERATIONS = operations_of(RAW)
TOKEN_PATHS = [path for path in RAW["paths"] if path.strip("/") == "o/token"]
#: of all requests
SHARE_DRAWN, SHARE_ASKED, SHARE_CHAINS = 0.12, 0.08, 0.02

GRANTS = ("client_credentials", "password", "refresh_token", "authorization_code", "implicit", "x")
SCOPES = (
    None, "", "read", "albums", "groups", "read groups", "groups read", "read read", "write",
    "read write", "albums music:write", "music:write", "READ", "read  groups", " read", "read ",
    "read,groups", "read\tgroups", "*", "openid", "réad", 'a"b', "a\\b",
)  # fmt: skip

ASKED = st.builds(
    Asked,
    client=st.sampled_from(["wide", "wide", "narrow", "own", "nobody"]),
    proof=st.sampled_from([Proof.BASIC, Proof.BASIC, Proof.BODY, *Proof]),
    grant=st.sampled_from(["client_credentials", "password", *GRANTS]),
    user=st.sampled_from([*USERS, "nobody", ""]),
    password_is_right=st.booleans(),
    scope=st.one_of(st.sampled_from(SCOPES), st.text(max_size=20)),
)
#: each of these is asked in every run
FIRST: list[tuple[Asked, Mutation]] = [
    *((Asked("wide", scope="read"), mutation) for mutation in MUTATIONS),
    *((Asked("narrow", proof), PLAIN) for proof in Proof),
    *((Asked("own", grant=grant), PLAIN) for grant in GRANTS),
    *((Asked(client, grant="password", user=user), PLAIN) for client in CLIENTS for user in USERS),
    *((Asked("narrow", scope=scope), PLAIN) for scope in SCOPES),
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_what_is_drawn_from_the_document_wins_no_token_beyond_the_ceiling(
    operation: Any, world: World, settle: Callable[[Ledger], None]
) -> None:
    trial = Trial(RAW, TOKEN_SERVICE.name, world.doors)
    presented = _presentations(operation, world)
    doors = len(world.doors)
    least = len(presented) * doors
    count = requests_of(SHARE_DRAWN, units=len(OPERATIONS), least=least) // doors

    drawn = itertools.cycle(draw(operation, drawn_of(count), unit=operation.label))
    for one, shown in zip(itertools.islice(drawn, count), itertools.cycle(presented), strict=False):
        for door in world.doors:
            _try_drawn(trial, door, one, presented=shown, operation=operation)

    settle(trial.ledger)


@pytest.mark.parametrize("path", TOKEN_PATHS)
def test_a_token_has_exactly_the_scopes_that_are_due(
    path: str, world: World, settle: Callable[[Ledger], None]
) -> None:
    trial = Trial(RAW, TOKEN_SERVICE.name, world.doors)
    bearer = world.sign(frozenset({"read"}))
    doors = len(world.doors)
    first = FIRST[TOKEN_PATHS.index(path) :: len(TOKEN_PATHS)]
    count = requests_of(SHARE_ASKED, units=len(TOKEN_PATHS), least=0) // doors

    for asked, mutation in [*first, *_more(count - len(first), unit=path)]:
        request = mutation.apply(token_request(path, asked, bearer=bearer))
        due = granted(API, asked, clients=CLIENTS, users=USERS) if mutation.is_harmless else None
        for door in world.doors:
            _try(trial, door, request, due, told=f"{asked}, {mutation.name}")

    settle(trial.ledger)


@pytest.mark.parametrize("user", USERS)
def test_a_refreshed_token_has_no_more_scopes_and_its_predecessor_is_dead(
    user: str, world: World, settle: Callable[[Ledger], None]
) -> None:
    trial = Trial(RAW, TOKEN_SERVICE.name, world.doors)
    doors = len(world.doors)
    count = 5 + requests_of(SHARE_CHAINS, units=len(USERS), least=0) // (4 * doors)

    for number, door in itertools.product(range(count), world.doors):
        narrowed = SCOPES[number % len(SCOPES)]
        first = (None, "read", "read albums")[number % 3]
        _try_chain(trial, door, Asked("wide", grant="password", user=user, scope=first), narrowed)

    settle(trial.ledger)


def _presentations(operation: Any, world: World) -> Sequence[Presentation]:
    """Bearer credentials of every kind are nothing to a token service; a client's secret is."""
    everything = presentations(
        API, "POST", "/albums/", sign=world.sign, bad_tokens=world.bad_tokens
    )
    client = token_request("/o/token/", Asked("narrow"), bearer="").headers[-1]
    with_secret = Presentation("the secret of `narrow`", (client,))
    if operation.path not in TOKEN_PATHS:
        return everything
    return [one for item in everything for one in (item, with_secret)]


def _try_drawn(
    trial: Trial, door: Door, drawn: Drawn, *, presented: Presentation, operation: Any
) -> None:
    request = presented.put_on(drawn.request)
    answer = trial.ask(door, request)
    if operation.path in TOKEN_PATHS:
        ceiling = CLIENTS["narrow"].ceiling or frozenset()
        allowed = ceiling & flow_scopes(API, "client_credentials")
        verdict = judge_within(answer, allowed) if presented.headers else judge_token(answer, None)
        wanted = "no token beyond the ceiling"
    else:
        verdict, wanted = judge_life(answer), "an answer"
    if verdict is None and isinstance(answer, Answer):
        if operation.definition.raw.get("security") == []:
            verdict = judge_decision(answer, Due(200), is_head=False)
        told = drawn.undocumented(answer)
        if verdict is None and told:
            verdict = (Kind.UNDOCUMENTED, f"{answer.status}: {told}")
    trial.note(verdict, door, request, presented=presented.name, wanted=wanted)


def _more(count: int, *, unit: str) -> list[tuple[Asked, Mutation]]:
    """So many more, drawn; most of them well formed."""
    found: list[tuple[Asked, Mutation]] = []
    if count <= 0:
        return found

    @seed(seed_of(unit))
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(ASKED, st.sampled_from([*[PLAIN] * len(MUTATIONS), *MUTATIONS]), st.integers(0, 2**62))
    def collect(asked: Asked, mutation: Mutation, number: int) -> None:
        found.append((asked, mutation))

    collect()
    return list(itertools.islice(itertools.cycle(found), count))


def _try(
    trial: Trial, door: Door, request: Request, due: Scopes | None, *, told: str
) -> Answer | None:
    answer = trial.ask(door, request)
    verdict = judge_token(answer, due, method=request.method)
    wanted = "no token" if due is None else f'a token with "{" ".join(sorted(due))}"'
    # the body holds secrets of accounts that end with the run
    trial.note(verdict, door, replace(request, body=b"..."), presented=told, wanted=wanted)
    return answer if isinstance(answer, Answer) else None


def _try_chain(trial: Trial, door: Door, asked: Asked, narrowed: str | None) -> None:
    """Get a token, refresh it, then show the spent one and, its family being ended, the new one."""
    due = granted(API, asked, clients=CLIENTS, users=USERS)
    first = _try(trial, door, _plain(asked), due, told=f"{asked}")
    issued = None if first is None else issued_scopes(first)
    if first is None or issued is None:
        return
    second = _refresh(trial, door, first, narrowed, due=refreshed(issued, narrowed))
    if second is not None and issued_scopes(second) is not None:
        _refresh(trial, door, first, None, due=None)
        _refresh(trial, door, second, None, due=None)


def _plain(asked: Asked, more: Sequence[tuple[str, str]] = ()) -> Request:
    return token_request(TOKEN_PATHS[0], asked, bearer="", more=more)


def _refresh(
    trial: Trial, door: Door, issued: Answer, scope: str | None, *, due: Scopes | None
) -> Answer | None:
    token = str(json.loads(issued.body)["refresh_token"])
    request = _plain(Asked("wide", grant="refresh_token", scope=scope), [("refresh_token", token)])
    return _try(trial, door, request, due, told=f"a refresh token, for scope {scope!r}")
