"""Users, groups and clients from the command line: created, listed, deleted, told as JSON."""

import pytest

from tests.unit.cli.commands import CommandLine

PASSWORD = "correct-horse-battery-9"
SECRET = "a-secret-of-the-callers-own-choice"


def test_user_is_created_listed_and_deleted(scopegate: CommandLine) -> None:
    created = scopegate("user", "create", "carol", "--password-stdin", stdin=f"{PASSWORD}\n")
    listed = scopegate("users", "list")
    deleted = scopegate("user", "delete", "carol")
    none_left = scopegate("user", "list")

    assert created.status == 0
    assert created.out.startswith("user carol  id 1  user:")
    assert listed.out == "1  carol  -  -\n1 user\n"
    assert (deleted.status, deleted.out) == (0, "deleted user carol\n")
    assert none_left.out == "0 users\n"


def test_user_is_told_as_json_without_a_password(scopegate: CommandLine) -> None:
    scopegate("group", "create", "editors")

    options = ("--email", "c@example.com", "--group", "editors", "--staff", "--format", "json")
    created = scopegate(
        "user", "create", "carol", "--password-stdin", *options, stdin=f"{PASSWORD}\n"
    )
    listed = scopegate("user", "list", "--format", "json")

    user = created.json()
    assert user.pop("schema") == 1
    assert user.pop("subject").startswith("user:")
    assert user == {
        "id": 1,
        "username": "carol",
        "email": "c@example.com",
        "staff": True,
        "active": True,
        "groups": ["editors"],
    }
    assert listed.json()["users"][0]["username"] == "carol"
    assert PASSWORD not in created.out + created.err + listed.out


@pytest.mark.parametrize(
    ("arguments", "stdin", "complaint"),
    [
        pytest.param(
            ("user", "create", "dave"),
            "",
            "there is no terminal to ask for the password; use --password-stdin",
            id="no terminal",
        ),
        pytest.param(
            ("user", "create", "dave", "--password-stdin"),
            "short\n",
            "password needs 8 characters or more",
            id="short password",
        ),
        pytest.param(
            ("user", "create", "dave", "--password-stdin", "--group", "nobody"),
            f"{PASSWORD}\n",
            "there is no group `nobody`",
            id="unknown group",
        ),
        pytest.param(("user", "delete", "dave"), "", "there is no user `dave`", id="unknown user"),
        pytest.param(
            ("group", "delete", "staff"), "", "there is no group `staff`", id="no such group"
        ),
        pytest.param(
            ("client", "delete", "c9"), "", "there is no client `c9`", id="unknown client"
        ),
        pytest.param(
            ("client", "create", "--name", "N", "--spec", "seed-songs.yaml", "--grant", "passwort"),
            "",
            "there is no grant `passwort`; did you mean `password`?",
            id="misspelt grant",
        ),
        pytest.param(
            ("client", "create", "--name", "N", "--spec", "seed-songs.yaml", "--if-absent"),
            "",
            "--if-absent needs --client-id, to know which client",
            id="if absent, but which",
        ),
    ],
)
def test_call_that_cannot_be_carried_out_exits_2_and_says_why(
    scopegate: CommandLine, arguments: tuple[str, ...], stdin: str, complaint: str
) -> None:
    outcome = scopegate(*arguments, stdin=stdin)

    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: {complaint}")


def test_name_is_given_once_unless_absent_is_enough(scopegate: CommandLine) -> None:
    create = ("user", "create", "carol", "--password-stdin")
    scopegate(*create, stdin=f"{PASSWORD}\n")

    again = scopegate(*create, stdin=f"{PASSWORD}\n")
    if_absent = scopegate("user", "create", "carol", "--if-absent")

    assert again.status == 2
    assert again.err == "error: there is already a user `carol`, choose another name\n"
    assert (if_absent.status, if_absent.err) == (0, "user `carol` is there already\n")
    assert if_absent.out.startswith("user carol  id 1")


def test_group_is_created_listed_and_deleted(scopegate: CommandLine) -> None:
    created = scopegate("group", "create", "readers", "--scope", "read", "--format", "json")
    if_absent = scopegate("group", "create", "readers", "--if-absent")
    again = scopegate("group", "create", "readers")
    listed = scopegate("groups", "list")
    deleted = scopegate("group", "delete", "readers")

    assert created.json() == {"schema": 1, "id": 2, "name": "readers", "scopes": "read"}
    assert (if_absent.status, again.status) == (0, 2)
    assert listed.out == "1  everyone  *\n2  readers  read\n2 groups\n"
    assert deleted.out == "deleted group readers\n"


def test_client_without_scope_gets_those_declared_now_and_its_secret_once(
    scopegate: CommandLine,
) -> None:
    create = ("client", "create", "--name", "N", "--client-id", "c1", "--spec", "seed-songs.yaml")

    created = scopegate(*create, "--grant", "client_credentials", "--format", "json").json()
    if_absent = scopegate(*create, "--if-absent", "--format", "json")
    listed = scopegate("client", "list", "--format", "json")

    assert created["client_id"] == "c1"
    assert created["scopes"] == "create delete post read scope2 scope3 update widget"
    assert created["grants"] == ["client_credentials"]
    assert len(created["client_secret"]) >= 32
    assert "client_secret" not in if_absent.json()
    assert if_absent.err == "client `c1` is there already; its secret is not shown again\n"
    assert created["client_secret"] not in listed.out


def test_client_keeps_a_secret_from_stdin_and_stores_it_nowhere_in_clear(
    scopegate: CommandLine,
) -> None:
    outcome = scopegate(
        "client",
        "create",
        "--name",
        "N",
        "--client-id",
        "c1",
        "--secret-stdin",
        "--scope",
        "*",
        stdin=f"{SECRET}\n",
    )

    stored = b"".join(f.read_bytes() for f in (scopegate.folder / "var").glob("scopegate.db*"))
    assert outcome.status == 0
    assert f"client_secret  {SECRET}\n" in outcome.out
    assert "scopes         *\n" in outcome.out
    assert stored
    assert SECRET.encode() not in stored


def test_public_client_has_no_secret(scopegate: CommandLine) -> None:
    options = ("--type", "public", "--redirect-uri", "http://localhost/cb", "--scope", "*")

    created = scopegate("client", "create", "--name", "P", *options, "--format", "json").json()

    assert "client_secret" not in created
    assert created["type"] == "public"
    assert created["redirect_uris"] == ["http://localhost/cb"]


def test_client_with_a_misspelt_scope_is_created_with_the_nearest_name_told(
    scopegate: CommandLine,
) -> None:
    outcome = scopegate(
        "client",
        "create",
        "--name",
        "N",
        "--scope",
        "raed",
        "--grant",
        "client_credentials",
        "--spec",
        "seed-songs.yaml",
    )

    assert outcome.status == 0
    assert outcome.err == (
        "note: the document declares no scope `raed`, nobody is granted it; did you mean `read`?\n"
    )


def test_keys_are_listed_and_not_created_by_listing(scopegate: CommandLine) -> None:
    before = scopegate("key", "list")
    assert not (scopegate.folder / "var").exists()
    scopegate("group", "list")

    after = scopegate("keys", "list", "--format", "json").json()["keys"]

    assert before.out == "0 keys in var/keys\n"
    assert [(key["alg"], key["state"]) for key in after] == [("RS256", "active"), ("RS256", "next")]


def test_database_is_brought_up_to_date_and_checked(scopegate: CommandLine) -> None:
    behind = scopegate("db", "check")
    upgraded = scopegate("db", "upgrade")
    checked = scopegate("db", "check")

    assert behind.status == 1
    assert "revision none" in behind.out
    assert (upgraded.status, checked.status) == (0, 0)
    assert upgraded.out == checked.out
