"""Outside services for tests marked `service(name)`: skipped where missing, but not in CI."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

POSTGRESQL_VARIABLE = "SCOPEGATE_TEST_POSTGRESQL_URL"
POSTGRESQL_DEFAULT = "postgresql+psycopg://postgres@127.0.0.1:5432/test"


#: the packages that the lock beside them names, as `npm ci` puts them there
JUDGES = Path(__file__).parent / "e2e" / "judges" / "node_modules"
#: what an older `npm ci` left out is missed here and not by a script
_PACKAGES = ("axe-core", "oauth4webapi", "oidc-provider", "openid-client", "playwright-core")


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """The URL of an empty PostgreSQL schema that this test has for itself."""
    with own_schema() as url:
        yield url


@pytest.fixture(scope="session")
def node() -> str:
    """The program `node`, with the packages that the judges need."""
    program = shutil.which("node")
    if program is None or not all((JUDGES / name).is_dir() for name in _PACKAGES):
        report_missing("Node or its packages are missing, run `.ci/services`")
    return program


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser of the system."""
    return need_program("chromium")


def need_program(name: str) -> str:
    """The path of a program of the system; PATH may leave sbin out."""
    program = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if program is None:
        report_missing(f"{name} is missing, run `.ci/services`")
    return program


@contextmanager
def own_schema() -> Iterator[str]:
    """The URL of an empty PostgreSQL schema, which is dropped when the block ends."""
    url = make_url(os.environ.get(POSTGRESQL_VARIABLE, POSTGRESQL_DEFAULT))
    schema = f"test_{uuid.uuid4().hex}"
    engine = create_engine(
        url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3}, hide_parameters=True
    )
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except OperationalError:
        report_missing(f"PostgreSQL is not reachable, set {POSTGRESQL_VARIABLE} to its URL")
    own = url.update_query_dict({"options": f"-csearch_path={schema}"})
    try:
        yield own.render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()


def report_missing(reason: str) -> NoReturn:
    """Skip a test for want of a service; in CI it fails."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
