"""`/admin/`: what staff change, through the stores; what they may not, and from where."""

import logging
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

import handlers.store
from handlers.records import Album, Song
from tests.edge.staff import OWN, PASSWORD, Desk, complaint_of, desk_at, seal_of
from token_service.api_keys import KeyFault
from token_service.entities import ApiKey, Client, RevocationKind, User
from token_service.grants.issue import hash_token
from token_service.store.families import find_refresh_token
from token_service.store.revocations import is_revoked


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client was given for a user."""

    access: str
    refresh: str


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_at(tmp_path_factory.mktemp("admin") / "home") as made:
        made.administration.create_group("editors", scopes="read")
        yield made


@pytest.fixture
def user(desk: Desk) -> User:
    """A user for one test."""
    name = f"user-{uuid4()}"
    return desk.administration.create_user(name, PASSWORD, first_name="Una", groups=["editors"])


@pytest.fixture
def client(desk: Desk) -> Client:
    """A client for one test."""
    return desk.administration.create_client(
        "Player",
        client_id=f"player-{uuid4()}",
        secret=PASSWORD,
        grants=["password", "refresh_token"],
        scopes="read",
    ).client


def ask_tokens(desk: Desk, user: User, client: Client) -> Tokens:
    form = {"grant_type": "password", "username": user.username, "password": PASSWORD}
    answer = desk.ask("POST", "/o/token/", data=form, auth=(client.client_id, PASSWORD))
    assert answer.status_code == 200, answer.text
    return Tokens(answer.json()["access_token"], answer.json()["refresh_token"])


def refresh(desk: Desk, tokens: Tokens, client: Client) -> int:
    form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh}
    return desk.ask("POST", "/o/token/", data=form, auth=(client.client_id, PASSWORD)).status_code


def profile(**changed: Any) -> dict[str, Any]:
    """The form of a user as it is, but for what is changed."""
    form = {"first_name": "Una", "is_active": "y", "groups": ["editors"], **changed}
    return {name: value for name, value in form.items() if value is not None}


def now_of(desk: Desk) -> int:
    return int(desk.administration.clock())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 403, id="neither"),
        pytest.param({"Origin": "https://evil.example"}, 403, id="foreign-origin"),
        pytest.param({"Origin": "null"}, 403, id="null-origin"),
        pytest.param({"Origin": f"{OWN}.evil.example"}, 403, id="longer-origin"),
        pytest.param({"Origin": "http://localhost:8001"}, 403, id="another-port"),
        pytest.param(
            {"Origin": "https://evil.example", "Referer": f"{OWN}/admin/"}, 403, id="origin-rules"
        ),
        pytest.param(
            {"Referer": "https://evil.example/?http://localhost:8000/"}, 403, id="referer"
        ),
        pytest.param({"Referer": "http://[localhost:8000/"}, 403, id="broken-referer"),
        pytest.param({"Referer": f"{OWN}/admin/group/create"}, 302, id="our-referer"),
        pytest.param({"Origin": OWN}, 302, id="our-origin"),
        pytest.param({"Origin": "http://127.0.0.1:8000"}, 302, id="our-other-name"),
    ],
)
def test_a_change_has_to_come_from_a_page_of_ours(
    desk: Desk, headers: Mapping[str, str], status: int
) -> None:
    before = desk.administration.count_groups()
    form = {"name": f"group {before}", "scopes": "*", "save": "Save"}
    sent = {**desk.as_staff, **headers}

    made = desk.ask("POST", "/admin/group/create", headers=sent, data=form)
    refused = desk.ask("DELETE", "/admin/group/delete?pks=999", headers=sent)

    assert made.status_code == status
    assert (desk.administration.count_groups() > before) == (status == 302)
    assert (refused.status_code == 403) == (status == 403)


@pytest.mark.parametrize("is_signed_in", [True, False])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/admin/user/create"),
        ("POST", "/admin/user/edit/1"),
        ("DELETE", "/admin/user/delete?pks=1"),
        ("POST", "/admin/grant/revoke"),
        ("POST", "/admin/user/import"),
        ("PUT", "/admin/"),
    ],
)
def test_only_staff_change_anything(
    desk: Desk, user: User, method: str, path: str, is_signed_in: bool
) -> None:
    cookie = desk.cookie_of(user) if is_signed_in else {}

    answer = desk.ask(method, path, headers={**cookie, "Origin": OWN})

    assert answer.status_code == 403
    assert desk.administration.get_user(1) == desk.staff


def test_a_disabled_user_has_neither_tokens_nor_sessions(
    desk: Desk, user: User, client: Client
) -> None:
    tokens, session = ask_tokens(desk, user, client), desk.session_of(user)

    answer = desk.edit(f"/admin/user/edit/{user.id}", profile(is_active=None))

    assert answer.status_code == 302
    assert not desk.administration.get_user(user.id).is_active
    assert refresh(desk, tokens, client) == 400
    assert desk.server.application.tokens.sessions.find(session) is None
    asked = [(RevocationKind.SUBJECT, user.subject, now_of(desk) - 60)]
    assert is_revoked(desk.engine, asked)


def test_an_enabled_user_signs_in_again(desk: Desk, user: User, client: Client) -> None:
    desk.administration.set_user_active(user.id, active=False)

    answer = desk.edit(f"/admin/user/edit/{user.id}", profile())

    assert answer.status_code == 302
    assert ask_tokens(desk, user, client).access


def test_a_profile_is_changed_without_ending_anything(
    desk: Desk, user: User, client: Client
) -> None:
    tokens = ask_tokens(desk, user, client)
    form = profile(email="una@example.org", last_name="Urban", is_staff="y", groups=[])

    answer = desk.edit(f"/admin/user/edit/{user.id}", form)

    assert (answer.status_code, answer.headers["location"]) == (302, f"{OWN}/admin/user/list")
    changed = desk.administration.get_user(user.id)
    assert (changed.email, changed.last_name) == ("una@example.org", "Urban")
    assert (changed.is_staff, changed.groups) == (True, ())
    assert refresh(desk, tokens, client) == 200


def test_a_new_password_ends_what_the_old_one_opened(
    desk: Desk, user: User, client: Client
) -> None:
    tokens = ask_tokens(desk, user, client)

    desk.edit(f"/admin/user/edit/{user.id}", profile(password="another password"))

    assert refresh(desk, tokens, client) == 400
    assert desk.administration.get_user(user.id).is_active


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"email": "nobody"}, "an email address looks like"),
        ({"password": "short"}, "password needs 8 characters"),
        ({"first_name": "x" * 151}, "first_name is longer than 150"),
        ({"first_name": "a\0b"}, "holds a control character"),
        ({"groups": ["nothing"]}, "is not a valid choice"),
        ({"groups": ["everyone"]}, "is not a valid choice"),
    ],
    ids=str,
)
def test_what_a_user_cannot_have_is_told_beside_its_field(
    desk: Desk, user: User, changed: dict[str, Any], complaint: str
) -> None:
    answer = desk.edit(f"/admin/user/edit/{user.id}", profile(**changed))

    assert answer.status_code == 400
    assert complaint in answer.text
    assert desk.administration.get_user(user.id) == user


def test_a_form_that_is_out_of_date_changes_nothing(desk: Desk, user: User) -> None:
    path = f"/admin/user/edit/{user.id}"
    old = seal_of(desk.get(path))
    desk.administration.set_user_active(user.id, active=False)

    for seal in (old, "", "0" * 64):
        answer = desk.post(path, {**profile(), "seen": seal, "save": "Save"})

        assert answer.status_code == 400
        assert "changed or removed by somebody else" in complaint_of(answer)
    assert not desk.administration.get_user(user.id).is_active


@pytest.mark.parametrize("lost", ["is_active", "is_staff"])
def test_nobody_locks_himself_out(desk: Desk, lost: str) -> None:
    form = {"is_active": "y", "is_staff": "y"}
    del form[lost]

    answer = desk.edit(f"/admin/user/edit/{desk.staff.id}", form)
    removed = desk.delete("user", desk.staff.id)

    assert "lock yourself out" in complaint_of(answer)
    assert "you+would+remove+yourself" in removed.text
    assert desk.administration.get_user(desk.staff.id) == desk.staff


def test_a_user_is_created_with_a_password_that_works(desk: Desk, client: Client) -> None:
    form = {"username": "nora", "password": PASSWORD, "groups": ["editors"], "save": "Save"}

    made = desk.post("/admin/user/create", form)
    again = desk.post("/admin/user/create", form)

    assert made.status_code == 302
    nora = desk.administration.find_user_by_name("nora")
    assert nora is not None
    assert (nora.is_staff, nora.groups) == (False, ("editors",))
    assert ask_tokens(desk, nora, client).access
    assert complaint_of(again) == "there is already a user `nora`, choose another name"
    assert PASSWORD not in again.text


def test_a_deleted_user_leaves_no_token_behind(desk: Desk, user: User, client: Client) -> None:
    tokens = ask_tokens(desk, user, client)

    answer = desk.delete("user", user.id)

    assert (answer.status_code, answer.text) == (200, f"{OWN}/admin/user/list")
    assert desk.administration.find_user_by_name(user.username) is None
    assert refresh(desk, tokens, client) == 400
    asked = [(RevocationKind.SUBJECT, user.subject, now_of(desk) - 60)]
    assert is_revoked(desk.engine, asked)


def test_a_disabled_client_has_no_tokens(desk: Desk, user: User, client: Client) -> None:
    tokens = ask_tokens(desk, user, client)
    form = {"name": "Player 2", "scopes": "read", "grants": ["password", "refresh_token"]}

    answer = desk.edit(f"/admin/client/edit/{client.id}", form)

    assert answer.status_code == 302
    found = desk.administration.find_client(client.client_id)
    assert found is not None
    assert (found.name, found.is_active) == ("Player 2", False)
    assert refresh(desk, tokens, client) == 400
    asked = [(RevocationKind.CLIENT, client.client_id, now_of(desk) - 60)]
    assert is_revoked(desk.engine, asked)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"redirect_uris": "javascript:alert(1)"}, "is not an absolute URI"),
        ({"redirect_uris": "https://a.example\nhttp://b.example"}, "is plain http"),
        ({"scopes": "a\\b"}, "scope"),
        ({"name": " "}, "is empty or has blanks"),
        ({"grants": ["implicit"]}, "is not a valid choice"),
    ],
    ids=str,
)
def test_what_a_client_cannot_have_is_refused(
    desk: Desk, client: Client, changed: dict[str, Any], complaint: str
) -> None:
    form = {"name": "Player", "is_active": "y", "scopes": "read", "grants": ["password"]}

    answer = desk.edit(f"/admin/client/edit/{client.id}", {**form, **changed})

    assert answer.status_code == 400
    assert complaint in answer.text
    assert desk.administration.find_client(client.client_id) == client


def test_a_deleted_client_leaves_no_token_behind(desk: Desk, user: User, client: Client) -> None:
    tokens = ask_tokens(desk, user, client)

    desk.delete("client", client.id)

    assert desk.administration.find_client(client.client_id) is None
    assert refresh(desk, tokens, client) == 401
    asked = [(RevocationKind.CLIENT, client.client_id, now_of(desk) - 60)]
    assert is_revoked(desk.engine, asked)


def test_a_grant_is_revoked_after_a_question_and_only_by_its_form(
    desk: Desk, user: User, client: Client
) -> None:
    tokens, other = ask_tokens(desk, user, client), ask_tokens(desk, user, client)
    presented = find_refresh_token(desk.engine, hash_token(tokens.refresh))
    assert presented is not None

    question = desk.get(f"/admin/grant/action/revoke?pks={presented.family_id}")
    by_link = desk.get(f"/admin/grant/revoke?grant={presented.family_id}")
    left_alone = find_refresh_token(desk.engine, hash_token(tokens.refresh))
    answer = desk.post("/admin/grant/revoke", {"grant": [presented.family_id]})

    assert f'name="grant" value="{presented.family_id}"' in question.text
    assert user.username in question.text
    assert by_link.status_code == 405
    assert left_alone == presented
    assert (answer.status_code, answer.headers["location"]) == (303, f"{OWN}/admin/grant/list")
    assert refresh(desk, tokens, client) == 400
    assert refresh(desk, other, client) == 200
    asked = [(RevocationKind.GRANT, presented.grant_id, now_of(desk) - 60)]
    assert is_revoked(desk.engine, asked)


def test_a_group_is_made_changed_and_removed(desk: Desk) -> None:
    made = desk.post(
        "/admin/group/create", {"name": "critics", "scopes": "read albums", "save": "Save"}
    )
    group = desk.administration.find_group_by_name("critics")
    assert group is not None
    changed = desk.edit(f"/admin/group/edit/{group.id}", {"scopes": "*"})
    widened = desk.administration.get_group(group.id)
    removed = desk.delete("group", group.id)

    assert (made.status_code, changed.status_code, removed.status_code) == (302, 302, 200)
    assert (str(group.ceiling), str(widened.ceiling)) == ("albums read", "*")
    assert desk.administration.find_group_by_name("critics") is None


def test_the_group_of_everyone_stays(desk: Desk) -> None:
    answer = desk.delete("group", 1)

    assert "built+in+and+stays" in answer.text
    assert desk.administration.get_group(1).name == "everyone"


def test_music_is_made_changed_and_removed(desk: Desk, user: User) -> None:
    store = handlers.store.Store(desk.engine)
    form = {"name": "Blue", "artist": user.id, "release_date": "1971-06-22", "num_stars": 4}

    desk.post("/admin/album/create", {**form, "save": "Save"})
    album = store.list_albums(limit=9, offset=0).items[-1]
    desk.edit(f"/admin/album/edit/{album.id}", {**form, "num_stars": 5})
    song = {"title": "Carey", "artist": "Joni Mitchell"}
    desk.post("/admin/song/create", {**song, "album": album.id, "save": "Save"})
    made = store.list_album_songs(album.id, limit=9, offset=0).items[0]
    desk.edit(f"/admin/song/edit/{made.id}", {**song, "year": "1971"})
    changed: tuple[Album | None, Song | None] = store.get_album(album.id), store.get_song(made.id)
    desk.delete("song", made.id)
    desk.delete("album", album.id)

    assert changed[0] is not None
    assert changed[1] is not None
    assert (changed[0].name, changed[0].num_stars, changed[1].year) == ("Blue", 5, 1971)
    assert (store.get_album(album.id), store.get_song(made.id)) == (None, None)


@pytest.mark.parametrize(
    ("view", "changed", "complaint"),
    [
        ("song", {"title": ""}, "This field is required"),
        ("song", {"title": "x" * 201}, "between 1 and 200"),
        ("song", {"title": "a\0"}, "holds a character"),
        ("song", {"year": "10000"}, "between 0 and 9999"),
        ("song", {"year": "x"}, "Not a valid integer"),
        ("song", {"album": "999"}, "there is no album `999`"),
        ("song", {"album": "9" * 30}, "between 1 and"),
        ("album", {"artist": "999"}, "there is no user `999`"),
        ("album", {"release_date": "2020-02-31"}, "Not a valid date"),
        ("album", {"num_stars": "-1"}, "between 0 and"),
    ],
    ids=str,
)
def test_music_that_the_api_would_refuse_is_refused(
    desk: Desk, view: str, changed: dict[str, str], complaint: str
) -> None:
    forms = {
        "song": {"title": "Carey", "artist": "Joni Mitchell"},
        "album": {"name": "B", "artist": "1", "release_date": "1971-06-22", "num_stars": "1"},
    }

    answer = desk.post(f"/admin/{view}/create", {**forms[view], **changed, "save": "Save"})

    assert answer.status_code == 400
    assert complaint in answer.text


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        pytest.param("multipart/form-data; boundary=x", b"--y\r\n\r\n", 400, id="not-multipart"),
        pytest.param("multipart/form-data", b"--y\r\n\r\n", 400, id="no-boundary"),
        pytest.param("application/x-www-form-urlencoded", b"%ff=\xff&&", 400, id="junk"),
        pytest.param("application/json", b"{}", 400, id="json"),
        pytest.param("application/x-www-form-urlencoded", b"x" * 1_048_577, 413, id="too-much"),
    ],
)
def test_a_body_that_is_no_form_changes_nothing(
    desk: Desk, content_type: str, body: bytes, status: int
) -> None:
    headers = {**desk.as_staff, "Origin": OWN, "Content-Type": content_type}

    answer = desk.ask("POST", "/admin/group/create", headers=headers, content=body)

    assert answer.status_code == status


def test_a_body_that_is_cut_off_changes_nothing(desk: Desk) -> None:
    before = desk.administration.count_groups()
    (cookie,) = desk.as_staff.values()
    head = f"POST /admin/group/create HTTP/1.1\r\nHost: x\r\nOrigin: {OWN}\r\nCookie: {cookie}\r\n"
    form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n\r\n"

    with socket.create_connection(("127.0.0.1", desk.server.port)) as connection:
        connection.sendall(f"{head}{form}name=cut&scopes=*&save=Save".encode())
    assert desk.get("/admin/group/list").status_code == 200

    assert desk.administration.count_groups() == before


@pytest.mark.parametrize("query", ["", "?pks=", "?pks=x", "?pks=1,x", "?pks=99999"])
def test_deleting_nothing_in_particular_deletes_nothing(desk: Desk, query: str) -> None:
    headers = {**desk.as_staff, "Origin": OWN}
    before = desk.administration.count_groups()

    answer = desk.ask("DELETE", f"/admin/group/delete{query}", headers=headers)

    assert answer.status_code in {200, 400, 404}
    assert desk.administration.count_groups() == before


@pytest.mark.parametrize("view", ["grant", "refresh-token"])
def test_what_is_only_shown_is_not_deleted(desk: Desk, view: str) -> None:
    assert desk.delete(view, 1).status_code == 403


def test_each_change_is_noted_with_who_made_it_and_nothing_of_what_it_held(
    desk: Desk, user: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="scopegate.audit"):
        desk.edit(f"/admin/user/edit/{user.id}", profile(password="another password"))

    (line,) = [record.getMessage() for record in caplog.records if "admin." in record.getMessage()]
    assert f'"subject": "{desk.staff.subject}", "view": "user", "id": {user.id}' in line
    assert '"event": "admin.changed"' in line
    assert "another" not in caplog.text


def test_a_refusal_that_the_page_shows_leaves_no_traceback(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.delete("group", 1)

    assert [record for record in caplog.records if record.name.startswith("sqladmin")] == []


def test_a_deleted_api_key_is_known_to_nobody(desk: Desk) -> None:
    keys = desk.server.application.tokens.api_keys
    kept, ended = keys.create("key", name="kept"), keys.create("key", name="ended")
    listed = desk.get("/admin/api-key/list").text
    assert "kept" in listed
    assert ended.api_key.hint in listed

    answer = desk.delete("api-key", ended.api_key.id)

    assert answer.status_code == 200
    assert keys.find("key", ended.text) is KeyFault.UNKNOWN
    assert isinstance(keys.find("key", kept.text), ApiKey)
