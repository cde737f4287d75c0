"""Who may read the document: anybody, who is known, or nobody, as SCOPEGATE_DOCS says."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.types import Scope, Send

from gateway.edge.accepted import prefers_html
from gateway.edge.challenge import answer_denial
from gateway.edge.document.share import Share, share_of, share_of_nobody, tokens_of
from gateway.edge.problem import Problem, send_problem
from gateway.edge.reply import send_reply
from gateway.edge.routing_middleware import path_missing
from gateway.edge.trusted_peer import peer_of
from gateway.guard import Guard, Ruleset

#: tells the name of who is signed in by the cookie of a request; None: nobody is
FindVisitor = Callable[[Scope], Awaitable[str | None]]
_UNKNOWN = Problem(
    401,
    "unauthenticated",
    "Sign in, or send an access token that this API takes.",
    ((b"www-authenticate", b'Bearer realm="documentation"'), (b"cache-control", b"no-store")),
)


async def nobody_signed_in(_scope: Scope) -> str | None:
    """Nobody can sign in here."""
    return None


@dataclass(frozen=True, slots=True)
class Readers:
    """INVARIANT: what is neither `public` nor `authenticated` admits nobody."""

    ruleset: Ruleset
    guard: Guard
    #: SCOPEGATE_DOCS
    docs: str = "public"
    find_visitor: FindVisitor = nobody_signed_in
    #: where a browser signs in; None: nowhere here
    login: str | None = None
    shows_detail: bool = True
    #: what is open to who sends no token, once somebody asked
    _of_nobody: list[Share] = field(default_factory=list, repr=False)

    @property
    def is_public(self) -> bool:
        """Whether everybody may read, so that nothing has to be proven."""
        return self.docs == "public"

    async def share(self, scope: Scope) -> Share:
        """What the bearer token of a request opens."""
        sent = tokens_of(scope["headers"])
        if sent:
            return await share_of(self.guard, self.ruleset, sent, peer=peer_of(scope))
        if not self._of_nobody:
            self._of_nobody.append(share_of_nobody(self.ruleset))
        return self._of_nobody[0]

    async def admits(self, scope: Scope) -> bool:
        """Whether who asks may read."""
        if self.docs != "authenticated":
            return self.is_public
        return (await self.share(scope)).is_known or await self.find_visitor(scope) is not None

    async def refuse(self, scope: Scope, send: Send) -> None:
        """Answer who is not admitted."""
        if self.docs != "authenticated":
            await send_problem(path_missing(), send)
            return
        denial = (await self.share(scope)).denial
        if denial is not None:
            policy = self.ruleset.policy
            problem = answer_denial(denial, policy, shows_detail=self.shows_detail)
            await send_problem(problem, send)
        elif self.login is not None and prefers_html(scope):
            await send_reply(_to_login(self.login, scope), send)
        else:
            await send_problem(_UNKNOWN, send)


def _to_login(login: str, scope: Scope) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    query = scope.get("query_string", b"").decode("latin-1")
    here = scope["path"] + (f"?{query}" if query else "")
    location = f"{login}?next={quote(here, safe='')}".encode()
    return 303, [(b"location", location), (b"cache-control", b"no-store")], b""
