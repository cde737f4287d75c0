"""What `make bench` measures is there to be measured: each program runs, without a load."""

import asyncio
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.catalogue import FLOOR, PROXY, SERVERS
from benchmarks.checks import cases, faults
from benchmarks.documents import as_yaml, large_document
from benchmarks.inprocess import answer, build_songs, living, scope_of
from benchmarks.micro import steps
from benchmarks.plain_documents import plain_document
from benchmarks.processes import free_port, running, wait_for
from benchmarks.profile import kinds_of_request
from benchmarks.servers import scopegate, uvicorn
from benchmarks.workshop import ROOT, open_workshop


def test_scopegate_answers_right_before_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    workshop, port = open_workshop(tmp_path, fresh=0), free_port()
    floor = uvicorn("floor", workshop.upstream, python=Path(sys.executable))
    launch = SERVERS[PROXY].launch(workshop, port)

    with ExitStack() as stack:
        for command, at in ((floor, workshop.upstream), (launch.command, port)):
            log = tmp_path / f"{at}.log"
            process = stack.enter_context(running(command, workshop.environment, log))
            wait_for(process, f"http://127.0.0.1:{at}/songs", log)
        ours = faults(port, "/songs", cases(SERVERS[PROXY].ability), launch.tokens.named)
        floors = faults(
            workshop.upstream, "/songs", cases(SERVERS[FLOOR].ability), launch.tokens.named
        )

    assert ours == []
    assert floors == []


def test_every_kind_of_request_that_is_profiled_is_answered_as_it_should_be(
    tmp_path: Path,
) -> None:
    application, named, unseen = build_songs(tmp_path, fresh=3)

    async def statuses() -> dict[str, list[int]]:
        async with living(application) as state:
            return {
                kind: [await answer(application, scope_of(r, state), r.body) for r in requests]
                for kind, requests in kinds_of_request(named, unseen).items()
            }

    assert asyncio.run(statuses()) == {
        "GET": [200],
        "POST": [201],
        "new token": [200, 200, 200],
        "401": [401],
        "403": [403],
        "400": [400],
    }


def test_every_step_that_is_measured_does_what_it_is_for() -> None:
    wrong = [step.name for step in steps() if not step.is_right(step.run())]

    assert wrong == []


@pytest.mark.parametrize("kind", ["plain", "rich"])
def test_large_documents_are_served_with_one_handler(kind: str, tmp_path: Path) -> None:
    document = plain_document(7) if kind == "plain" else large_document(7)
    file, names = tmp_path / "large.yaml", tmp_path / "operations"
    file.write_text(as_yaml(document), encoding="utf-8")
    operations = [
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
    ]
    names.write_text("\n".join(operations), encoding="utf-8")

    checked = subprocess.run(
        scopegate("serve", str(file), "--handlers", "benchmarks.songs.many", "--check"),
        cwd=ROOT,
        env={"BENCH_OPERATIONS": str(names), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    assert len(operations) == 7
