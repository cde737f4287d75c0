"""What every answer carries: challenges, problem details, what caches may keep."""

import re
from collections.abc import Iterator

import pytest

from tests.e2e.edges import serving_edges, unsigned_token
from tests.e2e.servers import Server
from tests.e2e.wire import Reply

INSTANCE = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOT_AUTHENTICATED = "Authentication credentials were not provided."
INVALID = "The access token is invalid."
FORBIDDEN = "You do not have permission to perform this action."


@pytest.fixture(scope="module")
def terse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same document with SCOPEGATE_DENIAL_DETAIL=minimal."""
    with serving_edges(tmp_path_factory.mktemp("terse"), detail="minimal") as server:
        yield server


def denials(server: Server) -> dict[str, Reply]:
    """One answer of each kind of denial."""
    token = server.token("read")
    return {
        "no credential": server.call("GET", "/songs"),
        "a junk token": server.call("GET", "/songs", token="junk"),
        "no scheme can be met": server.call("GET", "/keyed"),
        "a scope is lacking": server.call("POST", "/songs", token=token, json={}),
        "one of two schemes lacks a scope": server.call("GET", "/both", token=token),
        "no security": server.call("GET", "/undeclared"),
        "two headers": server.call("GET", "/songs", headers=[("Authorization", "Bearer a")] * 2),
        "keys are away": server.call("GET", "/away", token=unsigned_token()),
    }


def test_denials_are_never_stored(edges: Server) -> None:
    kept = {n: r.header("cache-control") for n, r in denials(edges).items() if r.status != 400}

    assert kept == dict.fromkeys(kept, "no-store")


def test_every_401_has_a_challenge(edges: Server) -> None:
    answers = {name: reply for name, reply in denials(edges).items() if reply.status == 401}

    assert len(answers) == 3
    assert not [name for name, reply in answers.items() if not reply.all("www-authenticate")]


def test_denial_is_a_problem_that_explains_itself(edges: Server) -> None:
    for name, reply in denials(edges).items():
        told = reply.json()
        page = edges.call("GET", told["type"])

        assert reply.header("content-type") == "application/problem+json", name
        assert told["type"].startswith("/-/problems/"), name
        assert told["status"] == reply.status, name
        assert told["title"], name
        assert told["detail"], name
        assert INSTANCE.fullmatch(told["instance"]), name
        assert page.status == 200, name
        assert told["title"].encode() in page.body, name


def test_each_request_has_an_id_of_its_own(edges: Server) -> None:
    ids = {edges.call("GET", "/songs").json()["instance"] for _ in range(5)}

    assert len(ids) == 5


def test_401_without_a_credential_says_so_and_names_no_error(edges: Server) -> None:
    answer = edges.call("GET", "/songs")

    assert answer.json()["detail"] == NOT_AUTHENTICATED
    challenge = answer.header("www-authenticate")
    assert challenge.startswith('Bearer realm="oauth", scope="read", resource_metadata=')
    assert not {"reason", "required", "missing"} & set(answer.json())


def test_401_of_a_bad_token_gives_the_reason(edges: Server) -> None:
    answer = edges.call("GET", "/songs", token="junk")

    assert answer.json()["detail"] == INVALID
    assert answer.json()["reason"] == "malformed"
    assert not {"required", "missing"} & set(answer.json())


def test_403_lists_what_each_alternative_lacks(edges: Server) -> None:
    answer = edges.call("POST", "/songs", token=edges.token("read"), json={})

    told = answer.json()
    challenge = answer.header("www-authenticate")
    assert told["detail"] == FORBIDDEN
    assert (told["required"], told["missing"]) == ([["write"]], [["write"]])
    assert challenge == 'Bearer realm="oauth", error="insufficient_scope", scope="write"'


def test_minimal_detail_drops_reason_required_missing_and_scope(terse: Server) -> None:
    for name, reply in denials(terse).items():
        extra = set(reply.json()) - {"type", "title", "status", "detail", "instance"}
        challenges = " ".join(reply.all("www-authenticate"))

        assert extra == set(), name
        assert "scope=" not in challenges.replace("insufficient_scope", ""), name


def test_minimal_detail_keeps_status_and_challenge(terse: Server, edges: Server) -> None:
    statuses = [
        {name: (reply.status, len(reply.all("www-authenticate"))) for name, reply in told.items()}
        for told in (denials(terse), denials(edges))
    ]

    assert statuses[0] == statuses[1]


@pytest.mark.parametrize(
    ("path", "cache", "vary"),
    [
        pytest.param("/songs", "private, no-cache", "Authorization", id="a token is needed"),
        pytest.param("/either", "private, no-cache", "Authorization", id="a token is optional"),
        pytest.param(
            "/several", "private, no-cache", "X-API-Key, Cookie, Authorization", id="many schemes"
        ),
        pytest.param("/cached", "max-age=30", "Authorization", id="the handler says public"),
        pytest.param("/open", "", "", id="public"),
    ],
)
def test_permitted_answer_is_kept_out_of_shared_caches(
    edges: Server, path: str, cache: str, vary: str
) -> None:
    answer = edges.call("GET", path, token=edges.token("read"))

    assert answer.status == 200
    assert answer.header("cache-control") == cache
    assert answer.header("vary") == vary
