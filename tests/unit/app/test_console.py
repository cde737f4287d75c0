"""The lines that the console shows: for denials, and on a terminal for every request."""

import re
from dataclasses import dataclass

import pytest

from gateway.model import ANONYMOUS, Credentials, Refused, TokenFault
from gateway.ops.console import ConsoleSink, denial_line
from gateway.policy.decide import decide
from gateway.spec.model import OperationKey
from gateway.watch import SILENT
from tests.unit.ops.build import by_token
from tests.unit.policy.build import KEY, Security, judge, policy, presenting, proven

PAIR: Security = [{"oauth": ["create"]}, {"oauth": ["post", "widget"]}]


def line(
    security: Security,
    credentials: Credentials = ANONYMOUS,
    *,
    spec: str = "api.yaml",
    base_path: str = "",
) -> str:
    decision = judge(security, credentials)
    return denial_line(decision, ConsoleSink(spec, base_path))


def test_a_denial_is_one_line_that_ends_in_the_command_that_tells_why() -> None:
    assert line(PAIR, presenting(oauth=proven("post", "a"))) == (
        "403  GET    /songs  lacks create or widget"
        "   why: scopegate explain api.yaml GET /songs --scope 'a post'"
    )


@pytest.mark.parametrize(
    ("security", "credentials", "why"),
    [
        pytest.param(PAIR, ANONYMOUS, "401  GET    /songs  no credential", id="nothing"),
        pytest.param(
            PAIR,
            presenting(oauth=Refused(TokenFault.EXPIRED)),
            "401  GET    /songs  invalid credential: expired",
            id="invalid",
        ),
        pytest.param(None, ANONYMOUS, "403  GET    /songs  undeclared security", id="undeclared"),
        pytest.param(
            [{"oauth": ["post", "widget"]}],
            presenting(oauth=proven()),
            "403  GET    /songs  lacks post + widget",
            id="two scopes",
        ),
        pytest.param(
            [{"key": ["staff"]}],
            presenting(key=proven()),
            "403  GET    /songs  lacks staff",
            id="role",
        ),
    ],
)
def test_a_line_says_in_a_few_words_why(
    security: Security, credentials: Credentials, why: str
) -> None:
    assert why in line(security, credentials)


def test_a_command_can_be_pasted_into_a_shell() -> None:
    told = line(PAIR, spec="my api.yaml", base_path="/v 1")

    assert told.endswith("scopegate explain 'my api.yaml' GET '/v 1/songs'")


def test_a_document_from_standard_input_has_no_command_to_give() -> None:
    assert "scopegate" not in line(PAIR, spec="-")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as those who look on see it."""

    request_id: str = "urn:uuid:00000000-0000-4000-8000-000000000000"
    address: str = "192.0.2.1"


def test_the_sink_tells_denials_and_no_permits(capsys: pytest.CaptureFixture[str]) -> None:
    sink = ConsoleSink("api.yaml", base_path="/v1")

    sink.watch(judge(PAIR, presenting(oauth=proven("create")))).decided(Asked())
    sink.watch(judge(PAIR, ANONYMOUS)).decided(Asked())

    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d  401 .* why: scopegate explain api.yaml GET /v1/songs\n", err
    )


@pytest.mark.parametrize("error", [OSError, ValueError])
def test_a_console_that_is_gone_is_no_reason_to_fail(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        def write(self, _text: str) -> None:
            raise error("closed")

    monkeypatch.setattr("sys.stderr", Gone())

    ConsoleSink("api.yaml").watch(judge(PAIR, ANONYMOUS)).decided(Asked())


def shown(
    security: Security,
    credentials: Credentials,
    capsys: pytest.CaptureFixture[str],
    *,
    key: str = "GET /songs",
    status: int = 200,
    knows_policy: bool = True,
) -> str:
    """What a terminal shows of a request that was answered in a millisecond and a bit."""
    compiled = policy({key: security})
    known = compiled if knows_policy else None
    sink = ConsoleSink("api.yaml", on_terminal=True, policy=known)
    watch = sink.watch(decide(compiled, OperationKey(key), credentials))
    watch.decided(Asked())
    before = capsys.readouterr()
    watch.answered(Asked(), status, 0.00108)
    assert before == ("", "")
    told = capsys.readouterr().err
    assert told.endswith("\n")
    assert told.count("\n") == 1
    return told[10:-1]


def test_a_terminal_shows_each_request_with_who_by_what_and_how_long(
    capsys: pytest.CaptureFixture[str],
) -> None:
    token = by_token("create", subject="user:7f3e9a1c-2b4d-4e6f-8a9b-0c1d2e3f4a5b")

    assert shown(PAIR, presenting(oauth=token), capsys) == (
        "200  GET    /songs                    user 7f3e9a1c   create                   1.1 ms"
    )
    assert shown(PAIR, presenting(oauth=by_token("a")), capsys, status=403) == (
        "403  GET    /songs                    user alice      lacks create or post + widget  "
        "   1.1 ms"
        "   why: scopegate explain api.yaml GET /songs --scope a"
    )


@pytest.mark.parametrize(
    ("security", "credentials", "told"),
    [
        pytest.param([], ANONYMOUS, "-               public ", id="public"),
        pytest.param([{}], ANONYMOUS, "-               anonymous ", id="anonymous"),
        pytest.param(
            [{"key": []}], presenting(key=proven(principal=KEY)), "key 1           key ", id="key"
        ),
        pytest.param(
            [{"oauth": ["a", "b"], "key": ["staff"]}],
            presenting(oauth=proven("a", "b"), key=proven(roles=["staff"])),
            "user alice      a + b + staff ",
            id="two schemes",
        ),
    ],
)
def test_a_terminal_tells_in_a_few_words_what_was_used(
    security: Security,
    credentials: Credentials,
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert told in shown(security, credentials, capsys)


def test_a_permit_by_a_policy_that_is_not_known_tells_the_number(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = shown(PAIR, presenting(oauth=by_token("create")), capsys, knows_policy=False)

    assert "alternative 1 " in line


@pytest.mark.parametrize("on_terminal", [True, False])
def test_names_of_a_token_cannot_steer_a_terminal(
    capsys: pytest.CaptureFixture[str], on_terminal: bool
) -> None:
    held = presenting(oauth=by_token("read", subject="user:\x1b[2J\nok", client="\x1b]0;x\x07"))
    decision = judge([{"oauth": ["a\x1b[31m"]}], held, key="GET /\u202e\x1b[0m")

    watch = ConsoleSink("api.yaml", on_terminal=on_terminal).watch(decision)
    watch.decided(Asked())
    watch.answered(Asked(), 403, 0.1)

    told = capsys.readouterr().err
    assert told.endswith("\n")
    assert told[:-1].isprintable()


def test_where_nobody_reads_along_a_permit_costs_nothing() -> None:
    permit = judge(PAIR, presenting(oauth=by_token("create")))

    assert ConsoleSink("api.yaml").watch(permit) is SILENT
    assert ConsoleSink("api.yaml", on_terminal=True).watch(permit) is not SILENT
