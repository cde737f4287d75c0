"""Counters of failed attempts in the database, where all workers see them."""

import importlib

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from token_service.entities import Failures
from token_service.models import FailureRow
from token_service.store.engine import reading, writing


def find_failures(engine: Engine, key: str, *, now: int) -> Failures | None:
    """What is known of the key, unless it is to be forgotten by now."""
    statement = select(FailureRow).where(FailureRow.key == key, FailureRow.forget_at > now)
    with reading(engine) as session:
        row = session.scalars(statement).one_or_none()
        return Failures(count=row.count, blocked_until=row.blocked_until) if row else None


def add_failure(
    engine: Engine, key: str, *, now: int, forget_at: int, waits: tuple[int, ...]
) -> None:
    """Count a failure; the n-th blocks the key for `waits[n - 1]` seconds, later ones the last.

    Counters past their time are removed on the way.
    """
    with writing(engine) as session:
        session.execute(delete(FailureRow).where(FailureRow.forget_at <= now))
        count = _increment(session, key, forget_at=forget_at)
        wait = waits[min(count, len(waits)) - 1]
        session.execute(
            update(FailureRow).where(FailureRow.key == key).values(blocked_until=now + wait)
        )


def forget_failures(engine: Engine, key: str) -> None:
    """Begin anew for the key."""
    with writing(engine) as session:
        session.execute(delete(FailureRow).where(FailureRow.key == key))


def _increment(session: Session, key: str, *, forget_at: int) -> int:
    # the one that the engine has loaded; the other takes 2 MB
    dialect = importlib.import_module(f"sqlalchemy.dialects.{session.get_bind().dialect.name}")
    statement = dialect.insert(FailureRow).values(
        key=key, count=1, blocked_until=0, forget_at=forget_at
    )
    counted = statement.on_conflict_do_update(
        index_elements=[FailureRow.key],
        set_={"count": FailureRow.count + 1, "forget_at": forget_at},
    ).returning(FailureRow.count)
    count: int = session.execute(counted).scalar_one()
    return count
