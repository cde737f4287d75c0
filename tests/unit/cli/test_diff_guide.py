"""The guide to reviewing access changes: its commands, its hook and its recipes are run."""

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.documented import Command, SavedFile, page_at, shows
from tests.unit.cli.commands import CommandLine
from tests.unit.cli.repository import Repository, new_repository

ROOT = Path(__file__).parents[3]
INSTALL = "pip install git+https://github.com/your-organisation/scopegate"
GUIDE = ROOT / "docs" / "how-to" / "review-access-changes.md"
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def steps() -> Sequence[SavedFile | Command]:
    """The steps of the guide."""
    return page_at(GUIDE)


def saved(steps: Iterable[SavedFile | Command], name: str) -> str:
    """A file that the guide has its reader save."""
    return next(s.text for s in steps if isinstance(s, SavedFile) and s.name == name)


def shell(folder: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script where `scopegate` is the one of this environment."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "SCOPEGATE_"))}
    own = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    return subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env={**kept, **own, "GIT_CONFIG_GLOBAL": os.devnull, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture
def repository(
    tmp_path: Path, scopegate: CommandLine, steps: Sequence[SavedFile | Command]
) -> Repository:
    """The guide's document on `main`, and a branch that makes `DELETE` need `read`."""
    made = new_repository(tmp_path / "checkout", scopegate)
    document = saved(steps, "openapi.yaml")
    made.commit({"openapi.yaml": document})
    made.git("update-ref", "refs/remotes/origin/main", "main")
    made.git("checkout", "--quiet", "-b", "change")
    made.commit({"openapi.yaml": document.replace("[delete]", "[read]")})
    return made


def test_every_command_of_the_guide_prints_what_it_shows(
    tmp_path: Path, steps: Sequence[SavedFile | Command]
) -> None:
    (tmp_path / "openapi.yaml").write_text(saved(steps, "openapi.yaml"))

    for step in steps:
        if isinstance(step, Command):
            ran = shell(tmp_path, f"{{ {step.line}\n}} || true")
            assert shows(step.output or "", ran.stdout), f"{step.line}\n{ran.stdout}"


def test_the_workflow_on_github_fails_where_something_opens(
    repository: Repository, steps: Sequence[SavedFile | Command]
) -> None:
    workflow: Any = yaml.safe_load(saved(steps, ".github/workflows/access.yml"))
    by_name = {step.get("name"): step for step in workflow["jobs"]["access"]["steps"]}
    summary = repository.folder / "summary.md"

    ran = shell(
        repository.folder,
        by_name["Compare"]["run"],
        GITHUB_BASE_REF="main",
        GITHUB_STEP_SUMMARY=str(summary),
    )

    assert ran.returncode == 1, ran.stdout
    assert "| **MOVED** | `DELETE /songs` | `read` |" in summary.read_text()
    assert INSTALL in [step.get("run") for step in workflow["jobs"]["access"]["steps"]]
    assert by_name["Comment"]["if"] == "always()"


def test_the_job_on_gitlab_fails_where_something_opens(
    repository: Repository, steps: Sequence[SavedFile | Command]
) -> None:
    job: Any = yaml.safe_load(saved(steps, ".gitlab-ci.yml"))["access"]
    base = repository.git("rev-parse", "main")
    install, *script = job["script"]

    ran = shell(repository.folder, "\n".join(script), CI_MERGE_REQUEST_DIFF_BASE_SHA=base)

    assert install == INSTALL
    assert ran.returncode == 1
    assert "**MOVED**" in (repository.folder / "access.md").read_text()


@pytest.mark.parametrize(
    ("scope", "is_refused"), [("create", True), ("read, delete", False)], ids=["moves", "narrows"]
)
def test_the_hook_stops_a_commit_that_opens_something(
    repository: Repository, scope: str, is_refused: bool
) -> None:
    hook = _hook()
    document = (repository.folder / "openapi.yaml").read_text()
    script = f"#!/bin/sh\nexec {hook['entry']} {' '.join(hook['args'])}\n"
    path = repository.folder / ".git" / "hooks" / "pre-commit"
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)
    (repository.folder / "openapi.yaml").write_text(document.replace("[read]", f"[{scope}]"))

    ran = shell(
        repository.folder,
        "git -c user.name=a -c user.email=a@example.com commit --quiet --all --message change",
    )

    assert (ran.returncode != 0) is is_refused, ran.stdout
    assert "DELETE /songs" in ran.stdout


def _hook() -> Mapping[str, Any]:
    hooks: Any = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    found: Mapping[str, Any] = next(hook for hook in hooks if hook["id"] == "scopegate-diff")
    return found
