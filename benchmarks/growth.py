"""What a large document costs: start, memory, and a request to its first and its last path.

`make bench` measures the plain documents; `python -m benchmarks.growth` all of them, and with
`--connexion` default Connexion beside.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.catalogue import PRODUCT
from benchmarks.documents import as_yaml, large_document
from benchmarks.load import LoadError, Round, Target, load
from benchmarks.minted import mint_tokens
from benchmarks.plain_documents import plain_document
from benchmarks.processes import (
    cores,
    cpu_seconds,
    free_port,
    pinned,
    resident_mib,
    running,
    wait_for,
)
from benchmarks.reloads import measure_reload
from benchmarks.servers import Launch, scopegate, uvicorn
from benchmarks.settings import Options
from benchmarks.workshop import ROOT, Workshop, open_workshop, write_tokens
from gateway.cli.document import settings_here

#: loads of each path
_TURNS = 2


@dataclass(frozen=True, slots=True)
class Large:
    """A large document, and where it is asked."""

    kind: str
    form: str
    operations: int
    document: Path
    names: Sequence[str]
    #: the first and the last path
    ends: Sequence[str]


@dataclass(frozen=True, slots=True)
class Growth:
    """What one document cost one server."""

    server: str
    kind: str
    form: str
    operations: int
    #: from the start of the process to the first 200, of the wall clock and of the processor
    start_seconds: float
    start_cpu_seconds: float
    first_cpu_us: float
    last_cpu_us: float
    first_rps: float
    last_rps: float
    #: after the first 200
    resident_mib: float


def main() -> int:
    """Measure what the options name, and print each as a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10,100,1000,5000")
    parser.add_argument("--kinds", default="plain,rich")
    parser.add_argument("--forms", default="json,yaml")
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--connexion", action="store_true", help="for plain JSON documents")
    told = parser.parse_args()
    os.chdir(ROOT)
    sizes = [int(size) for size in told.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="scopegate-bench-") as folder:
        workshop = open_workshop(Path(folder), fresh=0)
        for large in _documents(workshop, sizes, told.kinds.split(","), told.forms.split(",")):
            is_shared = told.connexion and (large.kind, large.form) == ("plain", "json")
            for server in (PRODUCT, "connexion") if is_shared else (PRODUCT,):
                grown = _measure(server, large, workshop, seconds=told.seconds)
                print(json.dumps(asdict(grown)), flush=True)
    return 0


def measure_growth(workshop: Workshop, options: Options) -> list[Mapping[str, Any]]:
    """What Scopegate needs for plain documents of each size, in JSON and in YAML, and a reload."""
    found: list[Mapping[str, Any]] = []
    for large in _documents(workshop, options.sizes, ("plain",), ("json", "yaml")):
        found.append(asdict(_measure(PRODUCT, large, workshop, seconds=1)))
        print(f"{large.operations} operations, {large.form}", flush=True)
    found.append(measure_reload(workshop))
    print("reload", flush=True)
    return found


def _documents(
    workshop: Workshop, sizes: Sequence[int], kinds: Sequence[str], forms: Sequence[str]
) -> Iterator[Large]:
    for kind in kinds:
        for size in sizes:
            document = plain_document(size) if kind == "plain" else large_document(size)
            paths = list(document["paths"])
            ends = [_asked(document, paths[0]), _asked(document, paths[-1])]
            for form in forms:
                file = workshop.folder / f"{kind}-{size}.{form}"
                text = json.dumps(document) if form == "json" else as_yaml(document)
                file.write_text(text, encoding="utf-8")
                yield Large(kind, form, size, document=file, names=_names(document), ends=ends)


def _asked(document: Mapping[str, Any], template: str) -> str:
    """A path of the document as a client sends it."""
    servers = document.get("servers", [{"url": "/"}])
    base = urlsplit(str(servers[0]["url"])).path.rstrip("/")
    return base + template.replace("{id}", "7")


def _names(document: Mapping[str, Any]) -> Sequence[str]:
    return [
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, Mapping)
    ]


def _measure(server: str, large: Large, workshop: Workshop, *, seconds: int) -> Growth:
    port, log = free_port(), workshop.folder / "growth.log"
    launch = _product(large, workshop, port)
    if server != PRODUCT:
        environment = {**workshop.environment, "BENCH_DOCUMENT": str(large.document)}
        command = uvicorn("large_connexion", port)
        launch = Launch(command, environment, workshop.tokens)
    urls = [f"http://127.0.0.1:{port}{path}" for path in large.ends]
    command = pinned(cores().server, launch.command)
    with running(command, launch.environment, log) as process:
        started = wait_for(process, urls[1], log, token=launch.tokens.named["read"])
        start_cpu, held = cpu_seconds(process.pid), resident_mib(process.pid)
        first, last = _load_both(urls, launch, process.pid, seconds=seconds)
    return Growth(
        server=server,
        kind=large.kind,
        form=large.form,
        operations=large.operations,
        start_seconds=started,
        start_cpu_seconds=start_cpu,
        first_cpu_us=first.cpu_per_request,
        last_cpu_us=last.cpu_per_request,
        first_rps=first.requests_per_second,
        last_rps=last.requests_per_second,
        resident_mib=held,
    )


def _load_both(
    urls: Sequence[str], launch: Launch, pid: int, *, seconds: int
) -> tuple[Round, Round]:
    """Load the first and the last path in turns, twice; the cheaper round of each counts."""
    targets = [
        Target(url, "GET", body="", tokens=launch.tokens.files["read"], is_refused=False)
        for url in urls
    ]
    rounds = [
        [load(target, pid=pid, seconds=seconds, core=cores().load) for target in targets]
        for _ in range(_TURNS)
    ]
    if wrong := sum(one.wrong for turn in rounds for one in turn):
        raise LoadError(f"{wrong} wrong answers under load")
    first, last = (
        min(turn, key=lambda one: one.cpu_per_request) for turn in zip(*rounds, strict=True)
    )
    return first, last


def _product(large: Large, workshop: Workshop, port: int) -> Launch:
    home = workshop.place("growth")
    names = home / "operations"
    names.write_text("".join(f"{name}\n" for name in large.names), encoding="utf-8")
    flags = {"spec": str(large.document), "home": str(home / "home"), "port": port}
    named, _ = mint_tokens(settings_here(flags))
    where = ["--home", str(home / "home"), "--port", str(port)]
    command = scopegate("serve", str(large.document), "--handlers", "benchmarks.songs.many", *where)
    return Launch(command, {"BENCH_OPERATIONS": str(names)}, write_tokens(home, named, []))


if __name__ == "__main__":
    sys.exit(main())
