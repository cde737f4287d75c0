"""The answer to octets that are no request that is served: the last one of its connection."""

from collections.abc import Sequence
from http import HTTPStatus

from gateway.edge.problem import Problem, new_request_id, problem_body


class Refused(Exception):  # noqa: N818 -- unwinds through the parser, which makes it its own
    """The request on the wire is refused; the connection ends with the answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.slug)
        self.problem = problem


def refusal(
    problem: Problem, defaults: Sequence[tuple[bytes, bytes]], *, has_body: bool = True
) -> bytes:
    """The whole answer; `defaults` are the server's headers, as Date."""
    body = problem_body(problem, new_request_id())
    headers = [
        *defaults,
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        *problem.headers,
        (b"connection", b"close"),
    ]
    line = f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}".encode()
    head = b"\r\n".join([line, *(name + b": " + value for name, value in headers), b"", b""])
    return head + body if has_body else head
