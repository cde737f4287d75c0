"""Backends that people run: an application on uvicorn, and nginx."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.backend import Backend
from tests.e2e.servers import REPOSITORY
from tests.services import need_program

_READY_SECONDS = 20.0
_POLL_SECONDS = 0.05
_NGINX = """\
daemon off;
{user}
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_max_body_size 200m;
  client_body_temp_path {folder}/bodies;
  proxy_temp_path {folder}/proxied;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen {listen};
    {tls}
    root {folder}/files;
    location /v2/open {{
      add_header X-Subject "$http_x_auth_subject";
      add_header X-Operation "$http_x_auth_operation";
      return 200 "$request_uri";
    }}
  }}
}}
"""


@contextmanager
def on_uvicorn() -> Iterator[Backend]:
    """Run `recording_app`."""
    port = _free_port()
    told = ("--port", str(port), "--log-level", "warning", "--lifespan", "off")
    with _running([sys.executable, "-m", "uvicorn", "tests.e2e.recording_app:app", *told], port):
        yield Backend(port=port)


@contextmanager
def on_nginx(folder: Path, *, tls: str = "") -> Iterator[Backend]:
    """Run nginx with the files of a folder below it."""
    program = need_program("nginx")
    (folder / "files" / "v2").mkdir(parents=True, exist_ok=True)
    port = _free_port()
    listen = f"127.0.0.1:{port} ssl" if tls else f"127.0.0.1:{port}"
    configuration = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # who may read the folder
    text = _NGINX.format(folder=folder, listen=listen, tls=tls, user=user)
    configuration.write_text(text, "utf-8")
    with _running([program, "-e", f"{folder}/error.log", "-c", str(configuration)], port):
        yield Backend(port=port)


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=REPOSITORY)
    try:
        _wait_until_it_answers(process, port)
        yield
    finally:
        process.terminate()
        process.wait(_READY_SECONDS)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    started = time.monotonic()
    while time.monotonic() - started < _READY_SECONDS:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_SECONDS)
            break
    raise AssertionError(f"{process.args!r} did not begin to answer")
