"""How a document came to be what it is: each commit that touched it, with what it was before.

Walked as `git log` walks the history of a file: a merge that took the document of one parent as it
was is passed over, and so is what the others did to it. A document that moved is followed. What
counts as the document are all files that were looked at to read it.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.cli.commits import Commit, Commits, renamed_from
from gateway.cli.git_objects import Entry, GitObjects, ask_git
from gateway.cli.revisions import RevisionFiles
from gateway.errors import ScopegateError, UsageError
from gateway.spec.file_source import offer
from gateway.spec.limits import Limits
from gateway.spec.model import ApiDescription
from gateway.spec.read import read_description


@dataclass(frozen=True, slots=True)
class Version:
    """The document as it was at some commits."""

    #: from the root of the repository
    path: str
    #: None: there was none, or it does not load
    description: ApiDescription | None
    #: why it does not load
    error: ScopegateError | None
    #: what was found where it was looked
    found: Mapping[tuple[str, ...], Entry | None]

    @property
    def is_there(self) -> bool:
        """Whether there was a document at all."""
        return self.description is not None or self.error is not None


@dataclass(frozen=True, slots=True)
class Step:
    """A commit that touched the document."""

    commit: Commit
    version: Version
    #: for each parent the document before: its nearest version that loads; none where none does
    before: tuple[Version, ...]
    #: the commits of those, where they are not the parents themselves
    skipped: bool

    @property
    def moved_from(self) -> str | None:
        """The path that the document had, if it was another one."""
        old = next((v.path for v in self.before if v.path != self.version.path), None)
        return old if self.version.is_there else None


class FilesOfCommit(RevisionFiles):
    """The files of a commit, named by their path alone."""

    def name(self, path: str) -> str:
        """Return the path from the root of the repository."""
        return path


class History:
    """Walks from the newest commit back."""

    def __init__(
        self, commits: Commits, objects: GitObjects, path: str, *, limits: Limits, tolerate: bool
    ) -> None:
        """Take the document at `path`, as seen from the root of the repository."""
        self._commits = commits
        self._objects = objects
        self._limits = limits
        self._tolerate = tolerate
        #: of commits that were met and are not told yet
        self._paths: dict[str, str] = {commits.head: path}
        self._versions: dict[str, Version] = {}

    def require_known(self) -> None:
        """Raise UsageError unless git has the document now, or had it under this path."""
        head = self._commits[self._commits.head]
        path = self._paths[head.id]
        if self._files(head).has(path):
            return
        if not ask_git(
            "log", "--max-count=1", "--format=%h", head.id, "--", f":(top,literal){path}"
        ):
            hint = offer(path, self._files(head))
            raise UsageError(f"git knows no `{path}`{hint}; commit it, or name another document")

    def head_description(self) -> ApiDescription | None:
        """The newest version, if it loads."""
        return self._version(self._commits[self._commits.head]).description

    def steps(self, tell: Callable[[str], None]) -> Iterator[Step]:
        """Each commit that touched the document, the newest first."""
        for number, commit in enumerate(self._commits, start=1):
            if commit.id not in self._paths:
                continue
            tell(f"{number} commits looked at, now {commit.short} of {commit.date[:10]}")
            step = self._step(commit)
            del self._paths[commit.id], self._versions[commit.id]
            if step is not None:
                yield step

    def _step(self, commit: Commit) -> Step | None:
        version = self._version(commit)
        parents = [self._commits[parent] for parent in commit.parents]
        paths = [self._path_in(parent, commit, version) for parent in parents]
        for parent, path in zip(parents, paths, strict=True):
            if path == version.path and self._files(parent).has_all(version.found):
                self._meet(parent, path, version)
                return None
        for parent, path in zip(parents, paths, strict=True):
            self._meet(parent, path)
        before = [self._usable(parent) for parent in parents]
        if not version.is_there and not any(found.is_there for found, _ in before):
            return None
        return Step(
            commit,
            version,
            tuple(found for found, _ in before if found.description is not None),
            skipped=any(is_far for _, is_far in before),
        )

    def _path_in(self, parent: Commit, commit: Commit, version: Version) -> str:
        """Where a parent has the document; a path at which it is not, if it has none."""
        if not version.is_there or self._files(parent).has(version.path):
            return version.path
        return renamed_from(version.path, parent, commit) or version.path

    def _meet(self, commit: Commit, path: str, version: Version | None = None) -> None:
        """A commit is on the way; who came to it first knows its path."""
        if self._paths.setdefault(commit.id, path) == path and version is not None:
            self._versions.setdefault(commit.id, version)

    def _usable(self, commit: Commit) -> tuple[Version, bool]:
        """The nearest version that loads or is not there; whether that took older commits."""
        version, is_far = self._version(commit), False
        while version.error is not None and commit.parents:
            parent = self._commits[commit.parents[0]]
            self._meet(parent, self._path_in(parent, commit, version))
            version, commit, is_far = self._version(parent), parent, True
        return version, is_far

    def _version(self, commit: Commit) -> Version:
        if commit.id not in self._versions:
            self._versions[commit.id] = self._read(commit, self._paths[commit.id])
        return self._versions[commit.id]

    def _read(self, commit: Commit, path: str) -> Version:
        files = self._files(commit)
        description, error = None, None
        if files.has(path):
            try:
                description = read_description(
                    path, limits=self._limits, source=files, tolerate=self._tolerate
                )
            except ScopegateError as fault:
                error = fault
        return Version(path, description, error, files.found)

    def _files(self, commit: Commit) -> FilesOfCommit:
        return FilesOfCommit(self._objects, commit.short, commit.tree, "")


def path_from_root(path: str) -> str:
    """A path as it is seen from the root of the repository; raises UsageError outside of one."""
    root = ask_git("rev-parse", "--show-toplevel")
    given = Path(path)
    if given.is_absolute():
        found = os.path.relpath(given.resolve(), Path(root).resolve())
    else:
        found = os.path.normpath(Path(ask_git("rev-parse", "--show-prefix"), given))
    if Path(found).parts[:1] == (os.pardir,):
        raise UsageError(f"`{path}` is outside the repository {root}; run the command in its own")
    return found
