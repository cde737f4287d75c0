"""What the library asks about who is there: it hears of the user whom the gate let in.

There is no second cookie. The library's own session middleware, which would need a secret to sign
with, is left out; without it nothing is kept between two requests.
"""

from sqladmin.authentication import AuthenticationBackend
from starlette.requests import Request
from starlette.responses import Response

from token_service.entities import User
from token_service.pages.render import see_other

LOGOUT = "/accounts/logout/"


class SessionHook(AuthenticationBackend):
    """Staff are who the gate found in the login session."""

    def __init__(self) -> None:
        # not super().__init__(): that would add a middleware with a cookie of its own
        self.middlewares = []

    async def authenticate(self, request: Request) -> bool:
        """Whether the gate let a member of staff in; the pages are closed without the gate."""
        user = getattr(request.state, "staff", None)
        return isinstance(user, User) and user.is_staff and user.is_active

    async def logout(self, _request: Request) -> Response:
        """Lead to the page that asks, and ends the session."""
        return see_other(LOGOUT)

    async def get_user_id(self, request: Request) -> str:
        """The subject of the user."""
        return staff_of(request).subject


def staff_of(request: Request) -> User:
    """The member of staff whom the gate let in."""
    user: User = request.state.staff
    return user
