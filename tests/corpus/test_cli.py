"""Every case of the corpus through `scopegate explain`, and every refused document too."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.main import run
from tests.corpus.cases import UNSAID, Case, Door, RefusedDocument, cases_for, refused_documents
from tests.corpus.server import bad_token, settings_for
from token_service.keys import Keyring


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with keys, for cases that present a real token."""
    folder = tmp_path_factory.mktemp("explain") / "home"
    Keyring.open(folder / "keys", "RS256")
    return folder


@pytest.mark.parametrize("case", cases_for(Door.CLI))
def test_explain_decides_as_the_corpus_says(
    case: Case,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    status = run(["explain", *_arguments(case), *_token(case, home)])

    written = capsys.readouterr()
    if case.expect.status in {204, 404, 405}:
        assert status == 2
        _compare_refusal(written.err, case)
        return
    assert status == (0 if case.expect.status == 200 else 1)
    _compare(json.loads(written.out), case)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("refused", refused_documents())
def test_a_refused_document_ends_with_exit_2_and_its_place(
    refused: RefusedDocument,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    status = run(["routes", str(refused.document)])

    written = capsys.readouterr()
    assert status == 2
    assert f"{refused.document}:{refused.at}: error {refused.rule}:" in written.err
    assert written.out == ""


def _arguments(case: Case) -> list[str]:
    present = case.present
    arguments = [str(case.setup.document), case.method, case.target, "--format", "json"]
    arguments += ["--undeclared-security", case.setup.undeclared]
    if present.scopes is not None:
        arguments += ["--scope", " ".join(sorted(present.scopes))]
    for scheme, roles in (present.schemes or {}).items():
        arguments += ["--scheme", f"{scheme}={','.join(roles)}"]
    return arguments


def _token(case: Case, home: Path) -> list[str]:
    """A token that is not valid, in a file, with the home whose keys it is checked by."""
    if case.present.token is None:
        return []
    settings = settings_for(home)
    now = int(time.time())
    claims = {
        "iss": settings.issuer,
        "aud": settings.audience,
        "sub": "user:alice",
        "client_id": "corpus",
        "jti": "corpus",
        "iat": now,
        "exp": now + 600,
        "scope": "read",
    }
    file = home / f"{case.present.token}.jwt"
    key = Keyring.open(home / "keys", "RS256").active
    file.write_text(bad_token(case.present.token, claims, key))
    return ["--home", str(home), "--token", f"@{file}"]


def _compare_refusal(complaint: str, case: Case) -> None:
    if case.expect.allow is not None:
        assert ", ".join(case.expect.allow) in complaint
    if isinstance(case.expect.nearest, str) and case.expect.nearest is not UNSAID:
        assert case.expect.nearest in complaint


def _compare(told: dict[str, Any], case: Case) -> None:
    expect = case.expect
    assert told["status"] == expect.status
    if expect.operation is not None:
        assert told["operation"] == expect.operation
    if expect.matched is not None:
        assert told["matched"] == expect.matched
    if case.setup.bound - set(case.present.schemes or {}):
        return  # explain takes a scheme as bound only where it is told that it is proven
    if expect.reason is not None:
        assert told["reason"] == expect.reason
    if expect.challenge_scope is not None:
        assert (told["challenge_scope"] or "") == expect.challenge_scope
    if expect.lacks is not None:
        lacks = [a["lacks"]["scopes"] + a["lacks"]["roles"] for a in told["alternatives"]]
        assert lacks == [list(lacked) for lacked in expect.lacks]
