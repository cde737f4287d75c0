"""Scripts that Node runs: asked in lines of JSON, and answered so."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.e2e.judges.judge import Answer, JudgeFault, Registered, Visit

FOLDER = Path(__file__).parent
_SECONDS = 20


class Script:
    """A script that runs, and one question to it at a time."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, question: str, *, visit: Visit | None = None, **given: object) -> Any:
        """The answer; on the way it may send the user somewhere."""
        self._say({"ask": question, **given})
        told = self._hear()
        if "visit" in told and visit is not None:
            led_to = ""  # to nowhere, if the visit fails: the script must not wait for ever
            try:
                led_to = visit(told["visit"]["url"], told["visit"]["user_code"])
            finally:
                self._say(led_to)
                told = self._hear()
        if "fault" in told:
            raise JudgeFault(told["fault"]["code"], told["fault"]["message"])
        return told["answer"]

    def _say(self, value: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(value)}\n")
        self._process.stdin.flush()

    def _hear(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the script ended with status {self._process.wait(_SECONDS)}"
        return json.loads(line)


@contextmanager
def running(node: str, script: str, *arguments: str) -> Iterator[Script]:
    """A script of this folder, until the block ends."""
    command = [node, script, *arguments]
    process = subprocess.Popen(
        command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Script(process)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            process.stdout.close()


@dataclass(frozen=True, slots=True)
class NodeJudge:
    """A judge whose library Node runs."""

    script: Script
    client: Registered

    def metadata(self) -> Answer:
        return self._ask("metadata")

    def resource(self, resource: str) -> Answer:
        """The metadata of the API itself (RFC 9728)."""
        return self._ask("resource", resource=resource)

    def code(self, scope: str, visit: Visit) -> Answer:
        return self._ask("code", visit=visit, scope=scope)

    def client_credentials(self, scope: str) -> Answer:
        return self._ask("client_credentials", scope=scope)

    def refresh(self, token: str) -> Answer:
        return self._ask("refresh", token=token)

    def device(self, scope: str, visit: Visit) -> Answer:
        return self._ask("device", visit=visit, scope=scope)

    def revoke(self, token: str) -> None:
        self._ask("revoke", token=token)

    def introspect(self, token: str) -> Answer:
        return self._ask("introspect", token=token)

    def call(self, token: str, url: str) -> int:
        status: int = self.script.ask("call", **asdict(self.client), token=token, url=url)
        return status

    def claims(self, token: str, *, resource: str, audience: str) -> Answer:
        """What the token says to a resource server that verifies it (RFC 9068)."""
        return self._ask("claims", token=token, resource=resource, audience=audience)

    def _ask(self, question: str, *, visit: Visit | None = None, **given: str) -> Answer:
        answer: Answer = self.script.ask(question, visit=visit, **asdict(self.client), **given)
        return answer
