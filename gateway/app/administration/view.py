"""What all views share: reading in threads, changes through stores, each noted for the audit."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, ClassVar, TypeVar

from anyio import CapacityLimiter, to_thread
from sqladmin import ModelView
from starlette.exceptions import HTTPException
from starlette.requests import Request

from gateway.app.administration.hook import staff_of
from gateway.ops.audit import AUDIT_LOGGER
from handlers.store import Store
from token_service.admin import Administration
from token_service.entities import User
from token_service.pages.render import moment
from token_service.store.engine import Engine, reading

_Result = TypeVar("_Result")
#: the contents of a form, by the names of its fields
Fields = Mapping[str, Any]

#: ids of a column INTEGER
_LARGEST_ID = 2**31 - 1


class RefusedChangeError(Exception):
    """A change that is not made; the page shows the message."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the views work with."""

    engine: Engine
    administration: Administration
    #: songs and albums
    music: Store
    #: threads that may wait for the database
    limiter: CapacityLimiter

    async def in_thread(self, function: Callable[[], _Result]) -> _Result:
        """Run what blocks, a few at a time."""
        return await to_thread.run_sync(function, limiter=self.limiter)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a member of staff wants done."""

    by: User
    #: what a form was filled in with
    fields: Fields = field(default_factory=dict)
    #: the row that it is about; 0 for a new one
    row_id: int = 0


class StaffView(ModelView):
    """Shows one kind of row; a kind that can be changed says how, through the stores alone."""

    desk: ClassVar[Desk]
    #: columns that hold Unix seconds
    moments: ClassVar[Sequence[str]] = ()
    largest_id: ClassVar[int] = _LARGEST_ID

    can_create = False
    can_edit = False
    can_delete = False
    page_size = 25
    page_size_options: ClassVar = [25, 100]
    export_types: ClassVar = ["json"]
    export_max_rows = 10_000

    def create(self, deed: Deed) -> int:
        """Make what the form says, and say its id; blocks."""
        raise NotImplementedError

    def change(self, deed: Deed) -> None:
        """Change the row to what the form says; blocks."""
        raise NotImplementedError

    def remove(self, deed: Deed) -> None:
        """Remove the row; blocks."""
        raise NotImplementedError

    def filled(self, row: Any) -> Fields:
        """What the form to change a row shows at first; blocks."""
        raise NotImplementedError

    async def get_form_data_for_edit(self, obj: Any) -> dict[str, Any]:
        """The first contents of the form, and a seal of them, so that a stale form is noticed."""
        filled = await self.desk.in_thread(lambda: self.filled(obj))
        return {**filled, "seen": _seal(filled)}

    async def insert_model(self, request: Request, data: dict[str, Any]) -> Any:
        """Create by the store of this kind."""
        by = staff_of(request)
        row_id = await self.desk.in_thread(lambda: self.create(Deed(by, data)))
        self.note("admin.created", row_id, by=by)
        return await self.get_object_for_delete(row_id)

    async def update_model(self, request: Request, pk: str, data: dict[str, Any]) -> Any:
        """Change by the store of this kind, unless somebody else did so meanwhile."""
        by, row = staff_of(request), await self.get_object_for_delete(pk)
        if row is None or data["seen"] != (await self.get_form_data_for_edit(row))["seen"]:
            raise RefusedChangeError(
                "this was changed or removed by somebody else meanwhile, load it again"
            )
        await self.desk.in_thread(lambda: self.change(Deed(by, data, row.id)))
        self.note("admin.changed", row.id, by=by)
        return row

    async def delete_model(self, request: Request, pk: Any) -> None:
        """Remove by the store of this kind."""
        by, row_id = staff_of(request), self.checked_id(pk)
        await self.desk.in_thread(lambda: self.remove(Deed(by, row_id=row_id)))
        self.note("admin.removed", row_id, by=by)

    def note(self, event: str, row_id: int, *, by: User) -> None:
        """Write an audit line: who did what to which row, and nothing of what is in it."""
        line = {
            "event": event,
            "time": int(self.desk.administration.clock()),
            "subject": by.subject,
            "view": self.identity,
            "id": row_id,
        }
        logging.getLogger(AUDIT_LOGGER).info("%s", json.dumps(line))

    def checked_id(self, text: object) -> int:
        """An id out of an address, or 404."""
        digits = str(text)
        if digits.isascii() and digits.isdigit() and len(digits) < 20:
            row_id = int(digits)
            if row_id <= self.largest_id:
                return row_id
        raise HTTPException(404)

    async def get_object_for_delete(self, value: Any) -> Any:
        """The row with an id."""
        return await super().get_object_for_delete(str(self.checked_id(value)))

    def form_details_query(self, request: Request) -> Any:
        """The row of a page."""
        self.checked_id(request.path_params["pk"])
        return super().form_details_query(request)

    def form_edit_query(self, request: Request) -> Any:
        """The row of a form."""
        self.checked_id(request.path_params["pk"])
        return super().form_edit_query(request)

    def search_query(self, stmt: Any, term: str) -> Any:
        """Look for what a database can hold."""
        return super().search_query(stmt, term.replace("\0", ""))

    async def _run_query(self, stmt: Any) -> Any:
        """Everything that the library reads: in our threads, and away is StoreUnavailableError."""
        return await self.desk.in_thread(lambda: _read(self.desk.engine, stmt))

    async def get_object_filepath(self, *_asked: object, **_more: object) -> Any:
        """No column names a file."""
        raise HTTPException(404)


def view_of(view: type[StaffView], model: type, desk: Desk) -> type[StaffView]:
    """The class of a view for one application: the library keeps an application's things in it."""
    formatters = dict.fromkeys(view.moments, _show_moment)
    attributes = {
        "__doc__": view.__doc__,
        "name": view.name,
        "name_plural": view.name_plural,
        "desk": desk,
        "column_labels": {str(name): _label(str(name)) for name in view.column_details_list},
        "column_formatters": formatters,
        "column_formatters_detail": formatters,
    }
    kind: Any = type(view)  # a metaclass that takes the model by keyword
    made: type[StaffView] = kind(view.__name__, (view,), attributes, model=model)
    return made


def _label(name: str) -> str:
    words = name.removeprefix("is_").removesuffix("_at").replace("_", " ")
    return words.capitalize()


def _show_moment(row: Any, name: str) -> str:
    seconds = getattr(row, name)
    return "" if seconds is None else moment(seconds)


def _read(engine: Engine, statement: Any) -> Any:
    with reading(engine) as session:
        return session.execute(statement).scalars().unique().all()


def _seal(fields: Fields) -> str:
    """A digest that tells one content of a form from another."""
    shown = json.dumps(fields, default=str, sort_keys=True)
    return sha256(shown.encode()).hexdigest()
