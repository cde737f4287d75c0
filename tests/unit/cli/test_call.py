"""Calls that cannot be sent: exit status 2, and what to do instead."""

import pytest

from tests.unit.cli.commands import CommandLine


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(
            ("GET",), "name METHOD and PATH, as in `scopegate call GET /songs`", id="path"
        ),
        pytest.param(("GET", "/songs", "limit"), "`limit` is not NAME=VALUE", id="no value"),
        pytest.param(
            ("seed-songs.yaml", "GET", "/nowhere", "--minimal"), "no operation is at", id="nothing"
        ),
        pytest.param(
            ("GET", "/songs", "--port", "1"),
            "http://localhost:1/songs does not answer (ConnectError); is `scopegate serve` ",
            id="nobody listens",
        ),
    ],
)
def test_call_that_cannot_be_sent_exits_2(
    scopegate: CommandLine, arguments: tuple[str, ...], complaint: str
) -> None:
    outcome = scopegate("call", *arguments)

    assert (outcome.status, outcome.out) == (2, "")
    assert complaint in outcome.err


def test_token_is_sent_to_this_machine_alone(scopegate: CommandLine) -> None:
    outcome = scopegate("call", "GET", "/songs", SCOPEGATE_PUBLIC_URL="https://api.example.com")

    assert outcome.status == 2
    assert "https://api.example.com is not this machine" in outcome.err
    assert not (scopegate.folder / "var").exists()


def test_curl_line_is_printed_without_anything_being_sent(scopegate: CommandLine) -> None:
    outcome = scopegate("call", "POST", "/songs", "title=it's", "year=1999", "--curl")

    assert outcome.status == 0
    assert outcome.out == (
        "curl -X POST -H 'Content-Type: application/json' "
        """-d '{"title": "it'"'"'s", "year": 1999}' http://localhost:8000/songs\n"""
    )
