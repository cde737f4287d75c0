"""A line to a TCP server that can be cut, and mended."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Relay:
    """Listens on a port of this machine and passes on what comes, both ways."""

    target: tuple[str, int]
    listener: socket.socket
    is_cut: bool = False
    #: both ends of what is connected
    _open: list[socket.socket] = field(default_factory=list)

    @property
    def port(self) -> int:
        port: int = self.listener.getsockname()[1]
        return port

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                if self.is_cut:
                    near.close()
                    continue
                far = socket.create_connection(self.target)
                self._open += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=pair, daemon=True).start()

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Nothing is connected, and whoever connects is turned away, while the block runs."""
        self.is_cut = True
        self.hang_up()
        try:
            yield
        finally:
            self.is_cut = False

    def hang_up(self) -> None:
        """End what is connected."""
        while self._open:
            connection = self._open.pop()
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while octets := source.recv(65_536):
            sink.sendall(octets)
        sink.shutdown(socket.SHUT_RDWR)


@contextmanager
def relaying(host: str, port: int) -> Iterator[Relay]:
    """A line to a server, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = Relay((host, port), listener)
        thread = threading.Thread(target=relay.serve)
        thread.start()
        try:
            yield relay
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            relay.hang_up()
