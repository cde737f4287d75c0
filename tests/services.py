"""Outside services for tests marked `service(name)`: skipped where missing, but not in CI."""

import os
import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

POSTGRESQL_VARIABLE = "SCOPEGATE_TEST_POSTGRESQL_URL"
POSTGRESQL_DEFAULT = "postgresql+psycopg://postgres@127.0.0.1:5432/test"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """The URL of an empty PostgreSQL schema that this test has for itself."""
    url = make_url(os.environ.get(POSTGRESQL_VARIABLE, POSTGRESQL_DEFAULT))
    schema = f"test_{uuid.uuid4().hex}"
    engine = create_engine(
        url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3}, hide_parameters=True
    )
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except OperationalError:
        _report_missing(f"PostgreSQL is not reachable, set {POSTGRESQL_VARIABLE} to its URL")
    own = url.update_query_dict({"options": f"-csearch_path={schema}"})
    yield own.render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


def _report_missing(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
