"""The socket and uvicorn: one process or several, ended by SIGTERM or SIGINT with status 0."""

import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from gateway.edge.wire import BoundedHttpProtocol
from gateway.errors import UsageError

_BACKLOG = 2048
_DRAIN_SECONDS = 30
_PORTS_TO_TRY = 100


def bind(host: str, port: int) -> socket.socket:
    """Bind the address; raises UsageError with a free port to try where it is taken."""
    try:
        return _bind(host, port)
    except OSError as error:
        if error.errno not in {98, 48}:
            raise UsageError(f"cannot listen on {host}:{port}: {error.strerror}") from error
        hint = _free_port(host, port + 1)
        offer = f"; try --port {hint}" if hint else "; try --port 0"
        raise UsageError(f"port {port} is busy{offer}") from error


def run_one(app: Any, listeners: list[socket.socket]) -> None:
    """Serve in this process until a signal ends it; requests in flight are finished."""
    with _signals_end_well():
        uvicorn.Server(_config(app)).run(sockets=listeners)


def run_workers(
    factory: str,
    listeners: list[socket.socket],
    workers: int,
    *,
    on_hangup: Callable[[], None],
) -> None:
    """Serve in several processes that share the sockets; SIGHUP restarts none of them."""
    config = _config(factory, factory=True, workers=workers)
    with _signals_end_well():
        supervisor = Multiprocess(config, sockets=listeners)
        signal.signal(signal.SIGHUP, lambda *_: on_hangup())
        supervisor.run()


def _config(app: Any, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=BoundedHttpProtocol,
        loop="uvloop",
        ws="none",
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        **more,
    )


@contextlib.contextmanager
def _signals_end_well() -> Iterator[None]:
    """Uvicorn raises the signal that ended it once more; here that ends nothing twice."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: None)
    yield


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
        listener.set_inheritable(True)
    except OSError:
        listener.close()
        raise
    return listener


def _free_port(host: str, start: int) -> int | None:
    for port in range(start, min(start + _PORTS_TO_TRY, 65536)):
        with contextlib.suppress(OSError):
            _bind(host, port).close()
            return port
    return None
