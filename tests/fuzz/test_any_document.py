"""Documents of others, as they are: every operation decides as the oracle says, over HTTP too."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.app.compose import compose
from gateway.app.tokens import open_database
from gateway.cli.main import run
from gateway.load import load_document
from gateway.settings import Settings
from gateway.spec.read import read_description
from tests.corpus.server import settings_for
from tests.fuzz.doors import InProcess
from tests.fuzz.messages import Answer, Request
from tests.fuzz.oracle import decide
from tests.fuzz.scope_sets import Scopes, scope_sets

_DOCUMENTS = Path(__file__).parents[1] / "corpus" / "documents"
_NAMES = (
    "galaxy.yaml",
    "petstore.yaml",
    "readme-security-31.yaml",
    "readme-security-multiple.yaml",
    "seed-songs.yaml",
    "xero-projects.yaml",
)
_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch"})
_UNDECLARED = ("deny", "public")


@dataclass(frozen=True, slots=True)
class _Served:
    """A document of others behind the HTTP edge, and its text read without us."""

    raw: dict[str, Any]
    file: Path
    base_path: str
    door: InProcess
    sign: Callable[[Scopes], str]

    def operations(self) -> Iterator[tuple[str, str]]:
        """Method and path template of every operation."""
        for template, item in self.raw["paths"].items():
            for method in sorted(_METHODS & item.keys()):
                yield method.upper(), template

    def target(self, template: str) -> str:
        """A path that the template matches, as a client sends it."""
        return self.base_path + re.sub(r"\{[^{}]*\}", "1", template)

    def status(self, method: str, template: str, scopes: Scopes | None) -> int:
        """What a caller with a token of these scopes is answered; None: he has none."""
        headers = () if scopes is None else (("Authorization", f"Bearer {self.sign(scopes)}"),)
        answer = self.door.send(Request(method, self.target(template), headers))
        assert isinstance(answer, Answer)
        return answer.status


@pytest.fixture(scope="module", params=_NAMES)
def file(request: pytest.FixtureRequest) -> Path:
    return _DOCUMENTS / str(request.param)


@pytest.fixture(scope="module", params=_UNDECLARED)
def undeclared(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def served(
    file: Path, undeclared: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[_Served]:
    settings = replace(settings_for(tmp_path_factory.mktemp("any")), undeclared_security=undeclared)
    loaded = load_document(read_description(str(file)), settings)
    engine = open_database(settings)
    application = compose(loaded, settings, engine)
    with InProcess(application.asgi) as door:
        yield _Served(
            yaml.safe_load(file.read_text("utf-8")),
            file,
            loaded.description.base_path,
            door,
            lambda scopes: application.tokens.keyring.sign(_claims(settings, scopes)),
        )
    engine.dispose()


def _claims(settings: Settings, scopes: Scopes) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": settings.issuer,
        "aud": settings.audience,
        "sub": "user:alice",
        "client_id": "any",
        "jti": "any",
        "iat": now,
        "exp": now + 600,
        "scope": " ".join(sorted(scopes)),
    }


def test_every_operation_answers_each_scope_set_as_the_oracle_says(
    served: _Served, undeclared: str
) -> None:
    wrong = []
    for method, template in served.operations():
        for scopes in (None, *scope_sets(served.raw, method, template)):
            due = decide(served.raw, method, template, _held(scopes), undeclared)

            status = served.status(method, template, scopes)

            # a permit goes on to the handler, which nobody wrote: 501, or a fault of the request
            got = status if status in {401, 403} else 200 if status in {400, 404, 415, 501} else 0
            if got != due:
                wrong.append((method, template, scopes, status, due))

    assert not wrong


def test_explain_ends_as_the_oracle_says(
    served: _Served, undeclared: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = []
    for method, template in served.operations():
        for scopes in (None, *scope_sets(served.raw, method, template)[1:2]):
            due = decide(served.raw, method, template, _held(scopes), undeclared)
            options = [] if scopes is None else ["--scope", " ".join(sorted(scopes))]
            call = ["explain", str(served.file), method, served.target(template), *options]

            status = run([*call, "--undeclared-security", undeclared])

            if status != (0 if due == 200 else 1):
                wrong.append((method, template, scopes, status, due))

    assert not wrong


def _held(scopes: Scopes | None) -> set[str] | None:
    return None if scopes is None else set(scopes)
