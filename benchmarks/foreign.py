"""The peers that run on something else than uvicorn: express, Django, Envoy, nginx."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping

from benchmarks.checks import Ability
from benchmarks.envoy import envoy_configuration
from benchmarks.processes import NotStartedError
from benchmarks.servers import PEERS_BIN, Launch, Server
from benchmarks.songs.data import ADDED_SONG, SONGS
from benchmarks.workshop import ROOT, Workshop, write_tokens

_EXPRESS = ROOT / "benchmarks" / "peers" / "express"
_DJANGO = "benchmarks.peers.in_django"
#: with what holds for Debian, where sbin is not on everybody's path
_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin"))
_NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; keepalive_requests 100000000; default_type application/json;
  {paths}
  upstream second {{ server 127.0.0.1:{upstream}; keepalive 32; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port};
    location = /songs {{ {answer} }}
  }}
}}
"""
_PROXIED = 'proxy_pass http://second; proxy_http_version 1.1; proxy_set_header Connection "";'

Launching = Callable[[Workshop, int], Launch]


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


def _envoy(
    name: str, *, is_cached: bool = False, is_proxy: bool = False, is_open: bool = False
) -> Launching:
    def launch(workshop: Workshop, port: int) -> Launch:
        written = workshop.place("envoy") / f"{name}.json"
        settings = envoy_configuration(
            port,
            (workshop.folder / "jwks.json").read_text(encoding="utf-8"),
            (compact(list(SONGS)), compact(dict(ADDED_SONG))),
            is_cached=is_cached,
            upstream=workshop.upstream if is_proxy else None,
            is_open=is_open,
        )
        written.write_text(json.dumps(settings), encoding="utf-8")
        options = ["--concurrency", "1", "-l", "error", "--disable-hot-restart"]
        return Launch([_envoy_program(), "-c", str(written), *options], {}, workshop.tokens)

    return launch


def _envoy_program() -> str:
    found = list((PEERS_BIN.parent / "lib").glob("python*/site-packages/envoy/_bin/envoy"))
    if not found:
        raise NotStartedError("Envoy's program is not in .venv-bench: remove that and try again")
    return str(found[0])


def _nginx(name: str, *, is_proxy: bool = False) -> Launching:
    def launch(workshop: Workshop, port: int) -> Launch:
        folder = workshop.place(name)
        answer = _PROXIED if is_proxy else _constant_answer()
        stores = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        text = _NGINX.format(
            folder=folder,
            paths="".join(f"{store}_temp_path {folder}/{store};\n" for store in stores),
            upstream=workshop.upstream,
            port=port,
            answer=answer,
        )
        written = folder / "nginx.conf"
        written.write_text(text, encoding="utf-8")
        command = [_program("nginx", "nginx-light"), "-p", str(folder), "-c", str(written)]
        return Launch([*command, "-e", str(folder / "error.log")], {}, workshop.tokens)

    return launch


def _constant_answer() -> str:
    listed, added = (compact(value).replace("'", "") for value in (list(SONGS), dict(ADDED_SONG)))
    return f"if ($request_method = POST) {{ return 201 '{added}'; }} return 200 '{listed}';"


def _program(name: str, packages: str) -> str:
    found = shutil.which(name, path=_PATH)
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
_NOTHING = Ability(tokens=False, signatures=False, bodies=False)

FOREIGN = (
    Server("express", "express-openapi-validator", _launch_express, Ability(parameters=True)),
    Server("django", "DRF, django-oauth-toolkit", _launch_django, Ability(signatures=False)),
    Server("envoy", "jwt_authn and RBAC", _envoy("envoy"), _TOKENS_ALONE),
    Server(
        "envoy-cached",
        "the same with its JWT cache",
        _envoy("envoy-cached", is_cached=True),
        _TOKENS_ALONE,
    ),
    Server("nginx", "a constant answer", _nginx("nginx"), _NOTHING),
)
#: these stand in front of a second server
FOREIGN_PROXIES = (
    Server(
        "envoy upstream",
        "jwt_authn and RBAC, with its JWT cache",
        _envoy("envoy-upstream", is_cached=True, is_proxy=True),
        _TOKENS_ALONE,
    ),
    Server(
        "envoy upstream, open",
        "looks at nothing",
        _envoy("envoy-open", is_proxy=True, is_open=True),
        _NOTHING,
    ),
    Server("nginx upstream", "looks at nothing", _nginx("nginx-up", is_proxy=True), _NOTHING),
)
