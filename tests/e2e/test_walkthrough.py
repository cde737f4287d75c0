"""The walk-through of the tutorials that Scopegate stands in for, against a running server."""

import base64
import functools
import subprocess
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.e2e.servers import Secrets, Server, surroundings
from tests.e2e.wire import Reply

Granted = Callable[[str], str]
PASSWORD = "A-long-enough-password-42"
SONG = {"title": "Blue", "artist": "Joni", "year": 1971}
ALBUM = {"artist": 1, "name": "Second Album", "release_date": "2021-06-15", "num_stars": 1}
OTHER_ALBUM = {"artist": 1, "name": "Third Album", "release_date": "2021-06-16", "num_stars": 2}


@pytest.fixture(scope="module")
def secrets(demo: Server) -> Secrets:
    """What the demo printed."""
    return demo.secrets()


@pytest.fixture(scope="module")
def granted(demo: Server, secrets: Secrets) -> Granted:
    """Gives alice's access tokens, by the password grant, each asked for once."""

    @functools.cache
    def token(scope: str) -> str:
        answer = ask(demo, secrets, password_form(secrets, scope))
        assert answer.status == 200, answer.body
        return str(answer.json()["access_token"])

    return token


@pytest.fixture(scope="module")
def album(demo: Server, granted: Granted) -> int:
    """The id of an album of this module's own."""
    created = demo.call("POST", "/albums/", token=granted("write albums"), form=ALBUM)

    assert created.status == 201, created.body
    album_id = created.json()["id"]
    assert isinstance(album_id, int)
    return album_id


def ask(demo: Server, secrets: Secrets, form: Mapping[str, object], *, secret: str = "") -> Reply:
    """Ask for a token, the client authenticated by Basic."""
    pair = f"{secrets.client_id}:{secret or secrets.client_secret}"
    return demo.call("POST", "/o/token/", form=form, headers=[("Authorization", basic(pair))])


def basic(pair: str) -> str:
    """A Basic credential (RFC 7617)."""
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def password_form(secrets: Secrets, scope: str | None = None) -> dict[str, object]:
    """The password grant of alice."""
    form = {"grant_type": "password", "username": "alice", "password": secrets.passwords["alice"]}
    return {**form} if scope is None else {**form, "scope": scope}


def test_password_grant_tells_all_that_a_client_needs(demo: Server, secrets: Secrets) -> None:
    answer = ask(demo, secrets, password_form(secrets))

    told = answer.json()
    assert answer.status == 200
    assert told["access_token"]
    assert told["refresh_token"]
    assert told["token_type"] == "Bearer"
    assert told["expires_in"] == 3600
    assert {"read", "write", "groups"} <= set(told["scope"].split())
    assert answer.header("cache-control") == "no-store"


def test_token_has_the_scope_asked_for_alone(demo: Server, secrets: Secrets) -> None:
    answer = ask(demo, secrets, password_form(secrets, "read"))

    assert answer.json()["scope"] == "read"


def test_token_endpoint_answers_without_its_trailing_slash(demo: Server, secrets: Secrets) -> None:
    pair = basic(f"{secrets.client_id}:{secrets.client_secret}")

    answer = demo.call(
        "POST",
        "/o/token",
        form=password_form(secrets, "read"),
        headers=[("Authorization", pair)],
    )

    assert answer.status == 200


def test_refresh_token_rotates_and_works_once(demo: Server, secrets: Secrets) -> None:
    first = ask(demo, secrets, password_form(secrets)).json()
    form = {
        "grant_type": "refresh_token",
        "refresh_token": first["refresh_token"],
        "client_id": secrets.client_id,
        "client_secret": secrets.client_secret,
    }

    second = demo.call("POST", "/o/token/", form=form)
    again = demo.call("POST", "/o/token/", form=form)

    assert second.status == 200
    assert second.json()["access_token"]
    assert second.json()["refresh_token"] != first["refresh_token"]
    assert (again.status, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("change", "secret", "status", "error"),
    [
        pytest.param({"scope": "nonsense"}, "", 400, "invalid_scope", id="unknown scope"),
        pytest.param({"password": "wrong"}, "", 400, "invalid_grant", id="wrong password"),
        pytest.param({"username": "nobody"}, "", 400, "invalid_grant", id="unknown user"),
        pytest.param({}, "wrong", 401, "invalid_client", id="wrong client secret"),
        pytest.param({"grant_type": "x"}, "", 400, "unsupported_grant_type", id="unknown grant"),
    ],
)
def test_token_endpoint_refuses_with_the_error_of_rfc_6749(
    demo: Server,
    secrets: Secrets,
    change: Mapping[str, object],
    secret: str,
    status: int,
    error: str,
) -> None:
    answer = ask(demo, secrets, {**password_form(secrets), **change}, secret=secret)

    assert (answer.status, answer.json()["error"]) == (status, error)
    assert answer.header("cache-control") == "no-store"


@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        pytest.param(None, "GET", "/users/", 401, id="users without a token"),
        pytest.param("read", "GET", "/users/", 200, id="users with read"),
        pytest.param("read", "GET", "/users/1/", 200, id="one user with read"),
        pytest.param("write", "GET", "/users/", 403, id="users with write"),
        pytest.param("groups", "GET", "/groups/", 200, id="groups with groups"),
        pytest.param("groups", "GET", "/groups/1/", 200, id="one group with groups"),
        pytest.param("read", "GET", "/groups/", 403, id="groups with read"),
        pytest.param("read albums", "GET", "/albums/", 200, id="albums with read and albums"),
        pytest.param("read", "GET", "/albums/", 403, id="albums with read alone"),
        pytest.param("read", "GET", "/songs", 200, id="songs with read"),
        pytest.param("create", "GET", "/songs", 403, id="songs with create"),
        pytest.param("read", "GET", "/users/me/", 200, id="the caller himself with read"),
        pytest.param("write", "GET", "/users/me/", 403, id="the caller himself with write"),
    ],
)
def test_reading_needs_the_scopes_of_the_document(
    demo: Server, granted: Granted, scope: str | None, method: str, path: str, status: int
) -> None:
    token = None if scope is None else granted(scope)

    answer = demo.call(method, path, token=token)

    assert answer.status == status, answer.body


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        pytest.param("create", 201, id="create"),
        pytest.param("post widget", 201, id="post and widget"),
        pytest.param("post", 403, id="post alone"),
        pytest.param("widget", 403, id="widget alone"),
        pytest.param("read", 403, id="read"),
    ],
)
@pytest.mark.parametrize("as_form", [False, True], ids=["json", "form"])
def test_adding_a_song_needs_one_of_the_alternatives(
    demo: Server, granted: Granted, scope: str, status: int, *, as_form: bool
) -> None:
    token = granted(scope)
    body: dict[str, Any] = {"form": SONG} if as_form else {"json": SONG}

    answer = demo.call("POST", "/songs", token=token, **body)

    assert answer.status == status, answer.body
    if status == 201:
        assert answer.json()["title"] == "Blue"


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        pytest.param("write", 201, id="write"),
        pytest.param("read", 403, id="read"),
        pytest.param(None, 401, id="no token"),
    ],
)
def test_creating_a_user_needs_write(
    demo: Server, granted: Granted, scope: str | None, status: int
) -> None:
    token = None if scope is None else granted(scope)
    form = {"username": f"u{uuid.uuid4().hex}", "password": PASSWORD, "scope": "write"}

    answer = demo.call("POST", "/users/", token=token, form=form)

    assert answer.status == status, answer.body
    if status == 201:
        assert set(answer.json()) == {"id", "username", "email", "first_name", "last_name"}


def test_refusal_says_so_and_names_what_is_missing(demo: Server, granted: Granted) -> None:
    answer = demo.call("GET", "/groups/", token=granted("read"))

    assert answer.json()["detail"] == "You do not have permission to perform this action."
    assert answer.json()["required"] == [["groups"]]
    assert answer.json()["missing"] == [["groups"]]


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        pytest.param("read write albums", 200, id="write and albums"),
        pytest.param("read write", 403, id="without albums"),
        pytest.param("read albums", 403, id="without write"),
    ],
)
def test_changing_an_album_needs_write_and_albums(
    demo: Server, granted: Granted, album: int, scope: str, status: int
) -> None:
    token = granted(scope)

    answer = demo.call("PUT", f"/albums/{album}/", token=token, form=OTHER_ALBUM)

    assert answer.status == status, answer.body


@pytest.mark.parametrize(
    ("scope", "method", "status"),
    [
        pytest.param("music:read", "GET", 200, id="listing with music:read"),
        pytest.param("music:read", "POST", 403, id="adding with music:read"),
        pytest.param("music:write", "POST", 201, id="adding with music:write"),
        pytest.param("read albums", "GET", 403, id="listing with read and albums"),
    ],
)
def test_songs_of_an_album_need_scopes_of_their_own(
    demo: Server, granted: Granted, album: int, scope: str, method: str, status: int
) -> None:
    body: dict[str, Any] = {"json": SONG} if method == "POST" else {}

    answer = demo.call(method, f"/albums/{album}/songs/", token=granted(scope), **body)

    assert answer.status == status, answer.body


def test_client_of_its_own_has_no_user_to_show(demo: Server, secrets: Secrets) -> None:
    form = {"grant_type": "client_credentials", "scope": "read"}
    token = ask(demo, secrets, form).json()["access_token"]

    answer = demo.call("GET", "/users/me/", token=token)

    assert answer.status == 403


def test_printed_command_mints_a_token_that_opens_the_printed_address(demo: Server) -> None:
    line = next(line for line in demo.said.splitlines() if line.startswith("  TOKEN="))
    done = subprocess.run(
        ["sh", "-c", f'{line}; echo "$TOKEN"'],
        cwd=demo.folder,
        env=surroundings({"PATH": demo.settings["PATH"]}),
        capture_output=True,
        text=True,
        check=True,
    )

    answer = demo.call("GET", "/users/me/", token=done.stdout.strip())

    assert answer.status == 200
    assert answer.json()["username"] == "alice"
