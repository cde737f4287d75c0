"""What can go wrong with an upstream, each with the answer that it becomes."""

from gateway.edge.problem import Problem

_NO_STORE = ((b"cache-control", b"no-store"),)


class UpstreamError(Exception):
    """The upstream gave no answer that can be handed on; the text is for the log."""

    problem = Problem(502, "bad-upstream-answer", "The backend gave no usable answer.", _NO_STORE)


class UnreachableError(UpstreamError):
    """There is no connection to it."""

    problem = Problem(502, "upstream-unreachable", "The backend cannot be reached.", _NO_STORE)


class ConnectionEndedError(UpstreamError):
    """It ended the connection before its answer was whole."""


class BadAnswerError(UpstreamError):
    """What it sent is not one answer of HTTP/1.1."""


class LateError(UpstreamError):
    """It took too long."""

    problem = Problem(504, "upstream-timeout", "The backend took too long.", _NO_STORE)


class ClientGoneError(Exception):
    """Nobody waits for the answer any more."""


class UnsendableError(Exception):
    """A request cannot be written as one message of HTTP/1.1."""
