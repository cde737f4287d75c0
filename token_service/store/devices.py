"""Device codes in the database (RFC 8628): asked, polled, answered; `families` spends them."""

from dataclasses import dataclass, field

from sqlalchemy import Engine, or_, select, update
from sqlalchemy.exc import IntegrityError

from token_service.entities import DeviceCode, DeviceStatus
from token_service.errors import StoreUnavailableError
from token_service.models import DeviceCodeRow
from token_service.store.engine import change, reading, writing

#: seconds that are added to the interval of who polls too early (RFC 8628 s3.5)
SLOWER = 5


@dataclass(frozen=True, slots=True)
class NewDeviceCode:
    """A device's request that is about to be stored; `client` is the store's id."""

    device_code_hash: str = field(repr=False)
    user_code_hash: str = field(repr=False)
    client: int
    #: `""` asks for all that can be granted
    scope: str
    resource: str | None
    interval: int
    issued_at: int
    expires_at: int


def insert_device_code(engine: Engine, new: NewDeviceCode) -> None:
    """Store a device's request; a StoreUnavailableError if another one has its user code."""
    row = DeviceCodeRow(
        device_code_hash=new.device_code_hash,
        user_code_hash=new.user_code_hash,
        client_id=new.client,
        status=DeviceStatus.PENDING.value,
        scope=new.scope,
        resource=new.resource,
        interval=new.interval,
        issued_at=new.issued_at,
        expires_at=new.expires_at,
    )
    try:
        with writing(engine) as session:
            session.add(row)
    except IntegrityError as error:
        # short codes meet now and then; the next one will not
        raise StoreUnavailableError("this user code is taken, try again", retry_after=1) from error


def find_device_code(engine: Engine, device_code_hash: str) -> DeviceCode | None:
    """The request with the device code's hash, if there is one, in any state."""
    row = DeviceCodeRow
    statement = select(row).where(row.device_code_hash == device_code_hash)
    with reading(engine) as session:
        found = session.scalars(statement).one_or_none()
        return _code(found) if found else None


def family_of_device_code(engine: Engine, code_id: int) -> int | None:
    """The id of the family that a code bought, if it bought one."""
    row = DeviceCodeRow
    with reading(engine) as session:
        return session.scalars(select(row.grant_id).where(row.id == code_id)).one_or_none()


def find_user_code(engine: Engine, user_code_hash: str, *, now: int) -> DeviceCode | None:
    """The request with the user code's hash that still waits for an answer, if there is one."""
    row = DeviceCodeRow
    statement = select(row).where(
        row.user_code_hash == user_code_hash,
        row.status == DeviceStatus.PENDING.value,
        row.expires_at > now,
    )
    with reading(engine) as session:
        found = session.scalars(statement).one_or_none()
        return _code(found) if found else None


def poll_device_code(engine: Engine, code: DeviceCode, *, now: int) -> bool:
    """Note a poll; False if it came too early, and the next one has to wait longer."""
    row = DeviceCodeRow
    in_time = update(row).where(
        row.id == code.id,
        or_(row.polled_at.is_(None), row.polled_at + row.interval <= now),
    )
    early = update(row).where(row.id == code.id)
    with writing(engine) as session:
        if change(session, in_time.values(polled_at=now)):
            return True
        change(session, early.values(polled_at=now, interval=row.interval + SLOWER))
        return False


def answer_device_code(
    engine: Engine, code: DeviceCode, *, user: int, granted: str | None, now: int
) -> bool:
    """Store a user's answer, `granted` None for no; False if there is one, or it is too late."""
    row = DeviceCodeRow
    waiting = update(row).where(
        row.id == code.id, row.status == DeviceStatus.PENDING.value, row.expires_at > now
    )
    if granted is None:
        answer = waiting.values(status=DeviceStatus.DENIED.value, user_id=user)
    else:
        answer = waiting.values(status=DeviceStatus.APPROVED.value, user_id=user, scope=granted)
    with writing(engine) as session:
        return bool(change(session, answer))


def _code(row: DeviceCodeRow) -> DeviceCode:
    return DeviceCode(
        id=row.id,
        client=row.client_id,
        user=row.user_id,
        status=DeviceStatus(row.status),
        scope=row.scope,
        resource=row.resource,
        interval=row.interval,
        polled_at=row.polled_at,
        expires_at=row.expires_at,
    )
