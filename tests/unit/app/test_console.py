"""The line that the console shows for a denial."""

import re
from dataclasses import dataclass

import pytest

from gateway.model import ANONYMOUS, Credentials, Refused, TokenFault
from gateway.ops.console import ConsoleSink, denial_line
from tests.unit.policy.build import Security, judge, presenting, proven

PAIR: Security = [{"oauth": ["create"]}, {"oauth": ["post", "widget"]}]


def line(
    security: Security,
    credentials: Credentials = ANONYMOUS,
    *,
    spec: str = "api.yaml",
    base_path: str = "",
) -> str:
    decision = judge(security, credentials)
    return denial_line(decision, spec, base_path=base_path, at="12:00:00")


def test_a_denial_is_one_line_that_ends_in_the_command_that_tells_why() -> None:
    assert line(PAIR, presenting(oauth=proven("post", "a"))) == (
        "12:00:00  403  GET    /songs  lacks create or widget"
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
