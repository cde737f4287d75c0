"""Whether a request of the editor that could change something comes from whoever may."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.types import Scope

from gateway.edge.editor.key import EditorKey
from gateway.edge.problem import Problem

#: the header that carries the key
KEY_HEADER = b"x-editor-key"
#: a form or a plain text could be sent by any page without being asked for leave (Fetch s2.2.2)
_TYPES = frozenset(
    {
        b"application/json",
        *(b"application/yaml", b"application/x-yaml", b"text/yaml", b"text/x-yaml"),
    }
)
#: the subject of the staff user whose session a request has, with its CSRF token; None: nobody's
StaffOf = Callable[[Scope], Awaitable[str | None]]


async def nobody_is_staff(_scope: Scope) -> str | None:
    """Where there are no sessions."""
    return None


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody who may change the document."""

    #: of a staff user; None: whoever has the editor key
    subject: str | None


@dataclass(frozen=True, slots=True)
class Admission:
    """Closed by default: every one of the three has to be shown."""

    key: EditorKey
    staff_of: StaffOf = nobody_is_staff

    async def admit(self, scope: Scope) -> Admitted | Problem:
        """Who sends a request that could change something, or why it is refused.

        Doors stand before it: the Host is known to name this machine.
        """
        if not _is_from_our_page(scope):
            return _refused("The request names no Origin, or one that is not this server's own.")
        if not _has_fitting_type(scope):
            return _refused("The Content-Type has to be application/yaml or application/json.")
        if self._shows_key(scope):
            return Admitted(None)
        subject = await self.staff_of(scope)
        if subject is not None:
            return Admitted(subject)
        return _refused(
            "Send the editor key that was printed at start in X-Editor-Key, or the session of "
            "a staff user with its X-CSRF-Token."
        )

    def _shows_key(self, scope: Scope) -> bool:
        shown = _values(KEY_HEADER, scope)
        return len(shown) == 1 and self.key.is_shown_by(shown[0])


def _is_from_our_page(scope: Scope) -> bool:
    hosts, origins = _values(b"host", scope), _values(b"origin", scope)
    return len(hosts) == 1 and origins == [b"http://" + hosts[0].lower()]


def _has_fitting_type(scope: Scope) -> bool:
    types = _values(b"content-type", scope)
    return len(types) == 1 and types[0].partition(b";")[0].strip().lower() in _TYPES


def _refused(detail: str) -> Problem:
    return Problem(403, "forbidden", detail)


def _values(wanted: bytes, scope: Scope) -> Sequence[bytes]:
    return [value for name, value in scope["headers"] if name.lower() == wanted]
