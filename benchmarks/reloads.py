"""How long a changed document takes from being saved to ruling, with `serve --reload`."""

import http.client
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.catalogue import PRODUCT
from benchmarks.documents import as_yaml
from benchmarks.minted import mint_tokens
from benchmarks.plain_documents import plain_document
from benchmarks.processes import NotStartedError, free_port, running, wait_for
from benchmarks.servers import scopegate
from benchmarks.workshop import Workshop
from gateway.cli.document import settings_here

OPERATIONS = 1000
_MIDDLE = f"/r{OPERATIONS // 2}/items/"
_MOST_SECONDS = 30.0
_LOOK_SECONDS = 0.01

Save = Callable[[Path, str], None]


def measure_reload(workshop: Workshop) -> Mapping[str, Any]:
    """The slowest of closing and opening an operation, written in place and by renaming."""
    home, port = workshop.place("reload"), free_port()
    document, names, log = home / "openapi.yaml", home / "operations", home / "log"
    opened, closed = _text("read"), _text("create")
    document.write_text(opened, encoding="utf-8")
    names.write_text("".join(f"op_{number}\n" for number in range(OPERATIONS)), encoding="utf-8")
    flags = {"spec": str(document), "home": str(home / "home"), "port": port}
    token = mint_tokens(settings_here(flags))[0]["read"]
    where = ["--home", str(home / "home"), "--port", str(port), "--reload"]
    command = scopegate("serve", str(document), "--handlers", "benchmarks.songs.many", *where)
    with running(command, {"BENCH_OPERATIONS": str(names)}, log) as process:
        wait_for(process, f"http://127.0.0.1:{port}{_MIDDLE}7", log, token=token)
        turns = [
            (status, _seconds_until(status, port, token, save, document, text))
            for save in (_in_place, _by_renaming)
            for status, text in ((403, closed), (200, opened))
        ]
    return {
        "server": PRODUCT,
        "kind": "reload",
        "form": "yaml",
        "operations": OPERATIONS,
        "narrower_seconds": max(seconds for status, seconds in turns if status == 403),
        "wider_seconds": max(seconds for status, seconds in turns if status == 200),
    }


def _text(scope: str) -> str:
    """The document, of which an operation in the middle asks for a scope."""
    document = plain_document(OPERATIONS)
    document["paths"][_MIDDLE + "{id}"]["get"]["security"] = [{"oauth2": [scope]}]
    return as_yaml(document)


def _in_place(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def _by_renaming(file: Path, text: str) -> None:
    beside = file.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def _seconds_until(
    status: int, port: int, token: str, save: Save, document: Path, text: str
) -> float:
    save(document, text)
    begun = time.monotonic()
    while (seconds := time.monotonic() - begun) < _MOST_SECONDS:
        if _status(port, token) == status:
            return seconds
        time.sleep(_LOOK_SECONDS)
    raise NotStartedError(f"the document did not rule {_MOST_SECONDS:.0f} s after it was saved")


def _status(port: int, token: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_MOST_SECONDS)
    try:
        connection.request("GET", f"{_MIDDLE}7", headers={"Authorization": f"Bearer {token}"})
        return connection.getresponse().status
    finally:
        connection.close()
