"""What a server holds in memory, as the kernel tells it."""

from pathlib import Path

from tests.e2e.servers import Server


def memory(server: Server) -> int:
    """What the server holds at this moment, in KiB."""
    return _told(server, "VmRSS:")


def most_memory(server: Server) -> int:
    """The most that the server ever held, in KiB."""
    return _told(server, "VmHWM:")


def _told(server: Server, name: str) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith(name))
    return int(line.split()[1])
