"""`/admin/` at a real server: who is let in, and what the pages show."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import anyio
import httpx
import pytest
from sqlalchemy import event
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.app.administration.gate import Gate
from gateway.app.administration.mount import BuiltLater, WithAdministration
from tests.arch.sources import ROOT
from tests.edge.staff import DOCUMENT, OWN, PAGES, PASSWORD, Desk, desk_at, fill

#: what no page is without
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_at(tmp_path_factory.mktemp("admin") / "home") as desk:
        yield fill(desk).desk


@pytest.mark.parametrize("path", [*PAGES, "/admin", "/admin/statics/js/main.js", "/admin/x/y"])
def test_nobody_is_led_to_sign_in_and_back(desk: Desk, path: str) -> None:
    for headers in ({}, {"Cookie": "session=stale"}):
        answer = desk.ask("GET", path, headers=headers)

        assert answer.status_code == 303
        location = unquote(answer.headers["location"])
        assert location == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("path", [*PAGES, "/admin/statics/js/main.js", "/admin/x/y"])
def test_who_is_not_staff_is_shut_out(desk: Desk, path: str) -> None:
    bob = desk.administration.find_user_by_name("bob")
    assert bob is not None

    answer = desk.ask("GET", path, headers=desk.cookie_of(bob))

    assert answer.status_code == 403
    assert "bob, who is not staff" in answer.text
    assert "Sign out bob" in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_staff_see_each_page(desk: Desk, path: str) -> None:
    answer = desk.get(path)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


def test_staff_who_are_staff_no_more_are_shut_out_at_once(desk: Desk) -> None:
    dave = desk.administration.create_user("dave", PASSWORD, staff=True)
    cookie = desk.cookie_of(dave)
    before = desk.ask("GET", "/admin/", headers=cookie)

    fields = {"is_active": "y"}
    assert desk.edit(f"/admin/user/edit/{dave.id}", fields).status_code == 302

    assert before.status_code == 200
    assert desk.ask("GET", "/admin/", headers=cookie).status_code == 403


def test_the_pages_are_closed_without_their_gate(desk: Desk) -> None:
    mounted = desk.server.application.asgi.token_service
    assert isinstance(mounted, WithAdministration)
    gate = mounted.administration
    assert isinstance(gate, Gate)

    async def ask(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(app=gate.pages)
        async with httpx.AsyncClient(transport=transport, base_url=OWN) as client:
            return await client.get(path, headers=desk.as_staff)

    for path in PAGES:
        answer = asyncio.run(ask(path))

        assert answer.status_code == 302
        assert answer.headers["location"] == f"{OWN}/admin/login"


def test_a_start_does_not_load_what_only_staff_need(tmp_path: Path) -> None:
    probe = (
        "import sys; from gateway.cli.main import run; "
        "status = run(['serve', sys.argv[1], '--check']); "
        "print(status, 'starlette' in sys.modules, 'sqladmin' in sys.modules)"
    )

    ran = subprocess.run(
        [sys.executable, "-c", probe, str(DOCUMENT)],
        cwd=ROOT,
        env={"PATH": "", "SCOPEGATE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.splitlines()[-1] == "0 True False"


def test_requests_at_once_build_the_pages_once() -> None:
    built: list[int] = []

    async def page(_scope: Scope, _receive: Receive, _send: Send) -> None:
        served.append(len(built))

    def build() -> ASGIApp:
        built.append(1)
        return page

    async def ask_at_once(later: BuiltLater) -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(8):
                tasks.start_soon(later, {"type": "http"}, never, never)

    async def never(*_message: Any) -> Any:
        raise AssertionError

    served: list[int] = []
    asyncio.run(ask_at_once(BuiltLater(build)))

    assert served == [1] * 8


@pytest.mark.parametrize("cookies", [2, 0])
def test_a_cookie_counts_once(desk: Desk, cookies: int) -> None:
    sent = [("Cookie", desk.as_staff["Cookie"])] * cookies

    assert desk.ask("GET", "/admin/", headers=sent).status_code == 303


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/admin/user/list", ["alice", "bob", "editors"]),
        ("/admin/user/details/2", ["bob", "editors", "UTC"]),
        ("/admin/user/edit/2", ['<option selected value="editors">']),
        ("/admin/group/list", ["everyone", "editors", "read write"]),
        ("/admin/client/list", ["Player", "confidential", "bob"]),
        ("/admin/client/details/2", ["http://localhost/", "password refresh_token"]),
        ("/admin/grant/list", ["bob", "password", "UTC"]),
        ("/admin/refresh-token/list", ["bob", "UTC"]),
        ("/admin/song/list", ["Carey", "Blue"]),
        ("/admin/album/list", ["Blue", "bob", "1971-06-22"]),
    ],
)
def test_a_page_shows_what_there_is_with_its_names(desk: Desk, path: str, shown: list[str]) -> None:
    page = desk.get(path).text

    assert [text for text in shown if text not in page] == []


def test_a_list_is_searched_and_cut_into_pages(desk: Desk) -> None:
    found = desk.get("/admin/user/list?search=BOB").text
    nothing = desk.get("/admin/user/list?search=b%00b%25x").text
    second = desk.get("/admin/user/list?pageSize=1&page=2&sortBy=username&sort=asc").text

    assert "bob" in found
    assert "alice</td>" not in found
    assert "Showing 1 to 0 of 0 items" in nothing
    assert "Showing 2 to 2 of " in second
    assert ">bob<" in second


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        pytest.param("evil.example", OWN, id="foreign"),
        pytest.param("127.0.0.1:8000", "http://127.0.0.1:8000", id="another-name-of-ours"),
        pytest.param("localhost:9", OWN, id="another-port"),
    ],
)
def test_links_carry_a_name_of_ours(desk: Desk, host: str, shown: str) -> None:
    page = desk.get("/admin/user/list", Host=host).text
    moved = desk.get("/admin", Host=host)

    assert f'href="{shown}/admin/user/details/1"' in page
    assert "evil.example" not in page
    assert moved.headers["location"] == f"{shown}/admin/"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/admin/nothing/list", 404),
        ("/admin/nothing", 404),
        ("/admin/user/details/0", 404),
        ("/admin/user/details/x", 404),
        ("/admin/user/details/-1", 404),
        ("/admin/user/details/2147483648", 404),
        ("/admin/song/details/9223372036854775807", 404),
        ("/admin/song/details/9223372036854775808", 404),
        ("/admin/user/details/" + "9" * 5000, 404),
        ("/admin/user/edit/99", 404),
        ("/admin/user/edit/x", 404),
        ("/admin/grant/edit/1", 403),
        ("/admin/grant/create", 403),
        ("/admin/client/create", 403),
        ("/admin/refresh-token/edit/1", 403),
        ("/admin/user/1/password_hash/download/", 404),
        ("/admin/user/1/username/preview/", 404),
        ("/admin/user/export/csv", 404),
        ("/admin/user/ajax/lookup?name=groups&term=e", 400),
        ("/admin/user/list?page=x", 400),
        ("/admin/user/list?pageSize=0", 400),
        ("/admin/user/list?sortBy=password_hash", 400),
        ("/admin/grant/action/revoke?pks=x", 404),
        ("/admin/grant/action/revoke?pks=" + "1," * 200, 400),
        ("/admin/statics/../../../etc/passwd", 404),
    ],
)
def test_an_address_that_names_nothing_says_so(desk: Desk, path: str, status: int) -> None:
    assert desk.get(path).status_code == status


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [("/admin/login", "/accounts/login/?next=/admin/"), ("/admin/logout", "/accounts/logout/")],
)
def test_signing_in_and_out_is_done_where_everybody_does(
    desk: Desk, path: str, leads_to: str
) -> None:
    answer = desk.get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)


def test_without_the_demo_there_is_no_music(tmp_path: Path) -> None:
    with desk_at(tmp_path / "home", with_music=False) as desk:
        assert desk.get("/admin/user/list").status_code == 200
        assert desk.get("/admin/song/list").status_code == 404
        assert "Songs" not in desk.get("/admin/").text


def test_the_database_is_never_waited_for_on_the_event_loop(desk: Desk) -> None:
    waited: list[bool] = []

    def note(*_told: Any) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            waited.append(False)
        else:
            waited.append(True)

    event.listen(desk.engine, "before_cursor_execute", note)
    for path in PAGES:
        desk.get(path)
    desk.edit("/admin/group/edit/1", {"scopes": "*"})
    event.remove(desk.engine, "before_cursor_execute", note)

    assert waited
    assert not any(waited)


def test_a_database_that_is_away_is_503(tmp_path: Path) -> None:
    with desk_at(tmp_path / "home") as desk:
        cookie = desk.as_staff
        desk.engine.dispose()
        file = tmp_path / "home" / "scopegate.db"
        file.rename(tmp_path / "elsewhere.db")
        away = desk.ask("GET", "/admin/user/list", headers=cookie)
        (tmp_path / "elsewhere.db").rename(file)
        back = desk.ask("GET", "/admin/user/list", headers=cookie)

    assert (away.status_code, back.status_code) == (503, 200)
    assert away.headers["retry-after"] == "5"


def test_a_fault_behind_the_gate_is_503_too_and_says_nothing_of_it(tmp_path: Path) -> None:
    with desk_at(tmp_path / "home") as desk:
        with sqlite3.connect(tmp_path / "home" / "scopegate.db") as connection:
            connection.execute("DROP TABLE songs")
        answer = desk.get("/admin/song/list")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.headers["cache-control"] == "no-store"
    assert "songs" not in answer.text


@pytest.mark.service("postgresql")
def test_the_pages_are_the_same_on_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    with desk_at(tmp_path / "home", database_url=postgresql_url) as desk:
        fill(desk)
        statuses = {path: desk.get(path).status_code for path in PAGES}
        nothing = desk.get("/admin/user/list?search=%00%F0%28").status_code
        beyond = desk.get("/admin/song/details/9223372036854775807").status_code
        changed = desk.edit("/admin/user/edit/2", {"is_active": "y", "groups": ["editors"]})
        removed = desk.delete("user", 2)

    assert set(statuses.values()) == {200}, statuses
    assert (nothing, beyond) == (200, 404)
    assert changed.status_code == 302
    assert removed.text == f"{OWN}/admin/user/list"
