"""People from the command line: passwords changed, users disabled, links that sign in once."""

import json
import re

import pytest

from tests.unit.cli.commands import CommandLine, Outcome

PASSWORD = "correct-horse-battery-9"
LINK = re.compile(r"http://localhost:8000/accounts/once/[\w-]{43}/\n")


@pytest.fixture
def carol(scopegate: CommandLine) -> CommandLine:
    """The command line where there is a user carol."""
    scopegate("user", "create", "carol", "--password-stdin", stdin=f"{PASSWORD}\n")
    return scopegate


def audit(scopegate: CommandLine) -> list[dict[str, object]]:
    """The audit lines of the commands so far."""
    log = scopegate.folder / "var" / "audit.log"
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def stored(scopegate: CommandLine) -> bytes:
    """All octets of the database."""
    return b"".join(file.read_bytes() for file in (scopegate.folder / "var").glob("*.db*"))


def test_a_link_stands_alone_on_standard_output_and_is_stored_nowhere(carol: CommandLine) -> None:
    made = carol("login-link", "carol")

    assert made.status == 0
    assert LINK.fullmatch(made.out)
    assert made.err == "signs in as carol, once, within 15 minutes\n"
    assert made.out.split("/")[-2].encode() not in stored(carol)


def test_a_link_is_audited_without_its_text(carol: CommandLine) -> None:
    made = carol("login-links", "carol")

    user = carol("user", "list", "--format", "json").json()["users"][0]
    line = audit(carol)[-1]
    assert (line["event"], line["subject"]) == ("login_link.made", user["subject"])
    assert made.out.split("/")[-2] not in json.dumps(audit(carol))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(("dave",), "there is no user `dave`", id="unknown"),
        pytest.param(("carol",), "user `carol` is disabled", id="disabled"),
    ],
)
def test_nobody_is_given_a_link_who_could_not_use_it(
    carol: CommandLine, arguments: tuple[str, ...], complaint: str
) -> None:
    carol("user", "disable", "carol")

    refused = carol("login-link", *arguments)

    assert (refused.status, refused.out) == (2, "")
    assert refused.err.startswith(f"error: {complaint}")


def test_a_link_that_works_from_elsewhere_has_to_be_meant(carol: CommandLine) -> None:
    public = {"SCOPEGATE_PUBLIC_URL": "https://api.example.com"}

    refused = carol("login-link", "carol", **public)
    forced = carol("login-link", "carol", "--force", **public)

    assert (refused.status, refused.out) == (2, "")
    assert refused.err.startswith("error: https://api.example.com is not this machine: ")
    assert forced.status == 0
    assert forced.out.startswith("https://api.example.com/accounts/once/")


def test_a_link_names_the_port_that_serve_was_given(carol: CommandLine) -> None:
    made = carol("login-link", "carol", "--port", "18123")

    assert made.out.startswith("http://localhost:18123/accounts/once/")


def test_a_password_is_changed(carol: CommandLine) -> None:
    before = stored(carol)

    changed = carol("users", "password", "carol", "--password-stdin", stdin="another password\n")

    assert changed == Outcome(0, "changed the password of user carol\n", "")
    assert stored(carol) != before
    assert b"another password" not in stored(carol)


@pytest.mark.parametrize(
    ("arguments", "stdin", "complaint"),
    [
        pytest.param(("password", "dave"), "", "there is no user `dave`", id="password"),
        pytest.param(("disable", "dave"), "", "there is no user `dave`", id="disable"),
        pytest.param(("enable", "dave"), "", "there is no user `dave`", id="enable"),
        pytest.param(
            ("password", "carol"), "", "there is no terminal to ask for the password", id="no-tty"
        ),
        pytest.param(
            ("password", "carol", "--password-stdin"),
            "short\n",
            "password needs 8 characters or more",
            id="short",
        ),
    ],
)
def test_what_cannot_be_changed_of_a_user_is_said(
    carol: CommandLine, arguments: tuple[str, ...], stdin: str, complaint: str
) -> None:
    refused = carol("user", *arguments, stdin=stdin)

    assert (refused.status, refused.out) == (2, "")
    assert refused.err.startswith(f"error: {complaint}")


def test_a_user_is_disabled_and_let_in_again(carol: CommandLine) -> None:
    disabled = carol("user", "disable", "carol")
    listed = carol("user", "list")
    enabled = carol("user", "enable", "carol")

    assert (disabled.out, enabled.out) == ("disabled user carol\n", "enabled user carol\n")
    assert listed.out == "1  carol  -  disabled\n1 user\n"
    assert carol("user", "list").out == "1  carol  -  -\n1 user\n"


@pytest.mark.parametrize(
    ("uri", "environment", "status"),
    [
        pytest.param("https://radio.example/cb", {}, 0, id="https"),
        pytest.param("http://127.0.0.1:9999/cb", {}, 0, id="loopback"),
        pytest.param("http://[::1]/cb", {}, 0, id="ipv6-loopback"),
        pytest.param("http://radio.example/cb", {}, 2, id="http"),
        pytest.param("http://localhost.radio.example/cb", {}, 2, id="begins-like-loopback"),
        pytest.param("http://localhost@radio.example/cb", {}, 2, id="user-like-loopback"),
        pytest.param("https://good.example\\@radio.example/", {}, 2, id="backslash"),
        pytest.param("https:///cb", {}, 2, id="no-host"),
        pytest.param(
            "http://radio.example/cb", {"SCOPEGATE_INSECURE_HTTP": "on"}, 0, id="insecure-http"
        ),
    ],
)
def test_a_redirect_uri_is_https_or_leads_to_this_machine(
    scopegate: CommandLine, uri: str, environment: dict[str, str], status: int
) -> None:
    outcome = scopegate(
        "client", "create", "--name", "N", "--scope", "*", "--redirect-uri", uri, **environment
    )

    assert outcome.status == status
    if status == 0:
        assert f"redirect_uris  {uri}\n" in outcome.out
    else:
        assert outcome.err.startswith(f"error: redirect URI `{uri}` ")


def test_a_client_without_a_way_back_for_codes_is_noted(scopegate: CommandLine) -> None:
    create = ("client", "create", "--name", "N", "--scope", "*")

    without = scopegate(*create)
    with_one = scopegate(*create, "--redirect-uri", "https://radio.example/cb")
    without_codes = scopegate(*create, "--grant", "client_credentials")

    assert without.err.startswith("note: without a --redirect-uri")
    assert (with_one.err, without_codes.err) == ("", "")


def test_clients_made_and_deleted_are_audited(scopegate: CommandLine) -> None:
    scopegate(
        "client", "create", "--name", "N", "--client-id", "c1", "--secret-stdin", "--scope", "*",
        stdin=f"{PASSWORD}\n",
    )  # fmt: skip
    scopegate("client", "delete", "c1")

    lines = audit(scopegate)
    assert [(line["event"], line["client_id"]) for line in lines] == [
        ("client.registered", "c1"),
        ("client.deleted", "c1"),
    ]
    assert all("subject" not in line for line in lines)
    assert PASSWORD not in json.dumps(lines)
