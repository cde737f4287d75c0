"""What can be wrong with the form of a token request, and what only looks as if it were."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.fuzz.messages import Request

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change of a request; after a harmless one it must be granted what it asked before."""

    name: str
    apply: Callable[[Request], Request]
    is_harmless: bool = False


def _more(text: bytes) -> Callable[[Request], Request]:
    return lambda request: replace(request, body=request.body + text)


def _typed(content_type: str) -> Callable[[Request], Request]:
    return lambda request: replace(
        request,
        headers=tuple(
            (name, content_type if name == "Content-Type" else value)
            for name, value in request.headers
        ),
    )


def _query(text: str) -> Callable[[Request], Request]:
    return lambda request: replace(request, target=f"{request.target}?{text}")


def _header(name: str, value: str) -> Callable[[Request], Request]:
    return lambda request: replace(request, headers=(*request.headers, (name, value)))


def _method(method: str) -> Mutation:
    return Mutation(f"method {method}", lambda request: replace(request, method=method))


def _same(request: Request) -> Request:
    return request


PLAIN = Mutation("as it should be", _same, is_harmless=True)

MUTATIONS: tuple[Mutation, ...] = (
    PLAIN,
    Mutation("an unknown field", _more(b"&colour=red"), is_harmless=True),
    Mutation("an empty field", _more(b"&state="), is_harmless=True),
    Mutation("empty pairs", _more(b"&&"), is_harmless=True),
    Mutation("a charset", _typed(f"{_FORM}; charset=UTF-8"), is_harmless=True),
    Mutation("a query", _query("colour=red"), is_harmless=True),
    *map(_method, ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")),
    Mutation("the grant twice", _more(b"&grant_type=client_credentials")),
    Mutation("an unknown field twice", _more(b"&x=1&x=2")),
    Mutation("a bad escape", _more(b"&x=%zz")),
    Mutation("half an escape", _more(b"&x=%e")),
    Mutation("octets that are no UTF-8", _more(b"&x=%FF%FE")),
    Mutation("raw octets that are no UTF-8", _more(b"&\xff\xfe=1")),
    Mutation("NUL", _more(b"&x=%00")),
    Mutation("a line end", _more(b"\r\n")),
    Mutation("too long", _more(b"&x=" + b"y" * 66_000)),
    Mutation("no form", lambda request: replace(request, body=b"")),
    Mutation("JSON", lambda request: replace(_typed("application/json")(request), body=b"{}")),
    Mutation("the form as JSON", _typed("application/json")),
    Mutation("the form as multipart", _typed("multipart/form-data; boundary=x")),
    Mutation("another charset", _typed(f"{_FORM}; charset=UTF-16")),
    Mutation("no content type", _typed("")),
    Mutation("two content types", _header("Content-Type", "application/json")),
    Mutation("a coded body", _header("Content-Encoding", "gzip")),
    Mutation("a secret in the query", _query("client_secret=x")),
    Mutation("a password in the query", _query("password=x")),
)
