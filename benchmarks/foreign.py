"""The peers that run on something else than uvicorn: express, Django, Envoy, nginx."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from benchmarks.checks import Ability
from benchmarks.envoy import envoy_configuration
from benchmarks.processes import NotStartedError
from benchmarks.servers import PEERS_BIN, Launch, Server
from benchmarks.songs.data import ADDED_SONG, SONGS
from benchmarks.workshop import ROOT, Workshop, write_tokens

_EXPRESS = ROOT / "benchmarks" / "peers" / "express"
_DJANGO = "benchmarks.peers.in_django"


def compact(value: object) -> str:
    """JSON without a space, as every peer that has a constant answer gives it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _launch_express(workshop: Workshop, port: int) -> Launch:
    """With the packages of the lock, brought once."""
    node = _program("node", "nodejs npm")
    if not (_EXPRESS / "node_modules").is_dir():
        npm = [_program("npm", "npm"), "--prefix", str(_EXPRESS), "ci", "--ignore-scripts"]
        _set_up([*npm, "--no-audit", "--no-fund", "--silent"], {})
    told = {"port": port, "songs": list(SONGS), "added": dict(ADDED_SONG)}
    (workshop.place("express") / "told.json").write_text(json.dumps(told), encoding="utf-8")
    environment = {
        **workshop.environment,
        "NODE_ENV": "production",
        "BENCH_TOLD": str(workshop.place("express") / "told.json"),
        "BENCH_DOCUMENT": str(ROOT / "benchmarks" / "songs" / "openapi.yaml"),
    }
    return Launch([node, str(_EXPRESS / "app.js")], environment, workshop.tokens)


def _launch_django(workshop: Workshop, port: int) -> Launch:
    """With opaque tokens in SQLite, as django-oauth-toolkit gives them."""
    folder = workshop.place("django")
    environment = {**workshop.environment, "BENCH_DATABASE": str(folder / "django.sqlite3")}
    said = _set_up([str(PEERS_BIN / "python"), "-m", _DJANGO], environment)
    tokens = write_tokens(folder, json.loads(said), [])
    command = [str(PEERS_BIN / "gunicorn"), f"{_DJANGO}:app", "-b", f"127.0.0.1:{port}"]
    workers = ["-w", "1", "-k", "gthread", "--threads", "1", "--keep-alive", "60"]
    return Launch([*command, *workers, "--log-level", "error"], environment, tokens)


def _launch_envoy(workshop: Workshop, port: int, *, is_cached: bool = False) -> Launch:
    written = workshop.place("envoy") / ("cached.json" if is_cached else "envoy.json")
    jwks = (workshop.folder / "jwks.json").read_text(encoding="utf-8")
    answers = (compact(list(SONGS)), compact(dict(ADDED_SONG)))
    settings = envoy_configuration(port, jwks, answers, is_cached=is_cached)
    written.write_text(json.dumps(settings), encoding="utf-8")
    found = list((PEERS_BIN.parent / "lib").glob("python*/site-packages/envoy/_bin/envoy"))
    if not found:
        raise NotStartedError("Envoy's program is not in .venv-bench: remove that and try again")
    options = ["--concurrency", "1", "-l", "error", "--disable-hot-restart"]
    return Launch([str(found[0]), "-c", str(written), *options], {}, workshop.tokens)


def _launch_cached_envoy(workshop: Workshop, port: int) -> Launch:
    return _launch_envoy(workshop, port, is_cached=True)


def _launch_nginx(workshop: Workshop, port: int) -> Launch:
    folder = workshop.place("nginx")
    written = folder / "nginx.conf"
    written.write_text(_nginx_configuration(folder, port), encoding="utf-8")
    command = [_program("nginx", "nginx-light"), "-p", str(folder), "-c", str(written)]
    return Launch([*command, "-e", str(folder / "error.log")], {}, workshop.tokens)


def _nginx_configuration(folder: Path, port: int) -> str:
    listed, added = (compact(value).replace("'", "") for value in (list(SONGS), dict(ADDED_SONG)))
    stores = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{name}_temp_path {folder}/{name};\n" for name in stores)
    return f"""
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; keepalive_requests 100000000; default_type application/json;
  {paths}
  server {{
    listen 127.0.0.1:{port};
    location = /songs {{
      if ($request_method = POST) {{ return 201 '{added}'; }}
      return 200 '{listed}';
    }}
  }}
}}
"""


def _program(name: str, packages: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotStartedError(
            f"{name} is missing: `apt-get install {packages}`, or `bash .ci/services bench`"
        )
    return found


def _set_up(command: list[str], environment: Mapping[str, str]) -> str:
    """Run something to its end, and what it said."""
    ran = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if ran.returncode != 0:
        raise NotStartedError(f"{command[0]} failed: {ran.stderr.strip()[-400:]}")
    return ran.stdout


_TOKENS_ALONE = Ability(bodies=False)

FOREIGN = (
    Server("express", "express-openapi-validator", _launch_express, Ability(parameters=True)),
    Server("django", "DRF, django-oauth-toolkit", _launch_django, Ability(signatures=False)),
    Server("envoy", "jwt_authn and RBAC", _launch_envoy, _TOKENS_ALONE),
    Server("envoy-cached", "the same with its JWT cache", _launch_cached_envoy, _TOKENS_ALONE),
    Server(
        "nginx",
        "a constant answer",
        _launch_nginx,
        Ability(tokens=False, signatures=False, bodies=False),
    ),
)
