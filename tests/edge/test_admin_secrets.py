"""`/admin/` shows no secret and loads nothing from elsewhere: every page is looked through."""

import hashlib
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import sqladmin
from sqlalchemy import event, select

from gateway.app.administration import rows
from tests.edge.staff import OWN, PAGES, PASSWORD, VIEWS, Desk, Filled, desk_at, fill
from token_service.models import ApiKeyRow, Base, ClientRow, RefreshTokenRow, SessionRow, UserRow
from token_service.store.engine import reading


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    with desk_at(tmp_path_factory.mktemp("admin") / "home") as desk:
        yield fill(desk)


@pytest.fixture(scope="module")
def desk(filled: Filled) -> Desk:
    return filled.desk


def test_no_page_and_no_export_shows_a_secret(filled: Filled) -> None:
    desk = filled.desk
    secrets = filled.secrets | stored_hashes(desk)
    assert len(secrets) > 6

    shown = {path: desk.get(path).text for path in PAGES}
    shown["refused"] = desk.post(
        "/admin/user/create", {"username": "erin", "password": PASSWORD, "email": "no"}
    ).text
    shown["searched"] = desk.get("/admin/user/list?search=argon").text.replace("argon", "")

    secrets |= {hashlib.sha256(session.encode()).hexdigest() for session in desk.sessions}
    secrets |= set(desk.sessions)
    for path, page in shown.items():
        text = unescape(page)
        assert [secret for secret in secrets if secret in text] == [], path
        assert not re.search(r"argon2|password_hash|secret_hash|token_hash", text), path
    assert "No such" not in shown["refused"]
    assert "an email address looks like" in shown["refused"]


def test_a_hash_is_not_even_read(desk: Desk) -> None:
    statements: list[str] = []

    def note(*told: Any) -> None:
        statements.append(told[2])

    event.listen(desk.engine, "before_cursor_execute", note)
    for path in PAGES:
        desk.get(path)
    event.remove(desk.engine, "before_cursor_execute", note)

    asked = [sql for sql in statements if "AS seen_" in sql]
    assert len(asked) > len(VIEWS)
    assert [sql for sql in asked if "hash" in sql] == []


def test_what_the_pages_read_has_no_column_with_a_secret() -> None:
    secret = {column.name for table in Base.metadata.tables.values() for column in table.columns}
    secret = {name for name in secret if re.search("hash|challenge|key", name)}

    seen = {column.key for mapped in rows.Seen.registry.mappers for column in mapped.columns}

    assert {"password_hash", "secret_hash", "token_hash", "code_hash", "key_hash"} <= secret
    assert len(seen) > 20
    assert not secret & seen


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs_inline(desk: Desk) -> None:
    for path in PAGES:
        page = desk.get(path).text
        addresses = re.findall(r'(?:href|src|action|data-url)="([^"]*)"', page)
        foreign = [url for url in addresses if url and not re.match(rf"{OWN}/|/(?!/)|#|\?", url)]
        assert foreign == [], path
        inline = r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:"
        assert not re.search(inline, page), path


def test_no_asset_asks_for_anything_elsewhere(desk: Desk) -> None:
    statics = Path(sqladmin.__file__).parent / "statics"
    for file in statics.rglob("*.css"):
        style = file.read_text(encoding="utf-8")
        assert not re.search(r"url\(\s*['\"]?(?:https?:)?//|@import", style), file.name

    page = desk.get("/admin/").text
    loaded = re.findall(rf'(?:href|src)="{OWN}(/admin/statics/[^"]*)"', page)
    assert len(loaded) > 8
    for path in loaded:
        answer = desk.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, no-cache"


def stored_hashes(desk: Desk) -> frozenset[str]:
    columns = (
        UserRow.password_hash,
        ClientRow.secret_hash,
        RefreshTokenRow.token_hash,
        SessionRow.token_hash,
        ApiKeyRow.key_hash,
    )
    with reading(desk.engine) as session:
        found = {value for column in columns for value in session.scalars(select(column))}
    return frozenset(value for value in found if value)
