"""The commits that a history is told of, as git has them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.cli.git_objects import answers_git, ask_git
from gateway.cli.nearest import nearest
from gateway.errors import UsageError

_FIELDS = ("%H", "%T", "%P", "%h", "%aI", "%aN", "%s")


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit."""

    id: str
    #: the object id of its root folder
    tree: str
    parents: tuple[str, ...]
    short: str
    #: when its author made it, in ISO 8601
    date: str
    author: str
    subject: str


class Commits:
    """The commits that lead to a revision, the newest first; no parent before its child."""

    def __init__(self, revision: str, *, since: str | None) -> None:
        """Raises UsageError if there is no such revision."""
        wanted = f"{revision}^{{commit}}"
        head = answers_git("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
        if head is None:
            ask_git("rev-parse", "--git-dir")
            raise UsageError(f"there is no commit `{revision}`{_hint(revision)}")
        self.head = head
        limits = [f"--since={since}"] if since is not None else []
        self._listed = {commit.id: commit for commit in _log(head, *limits)}

    def __iter__(self) -> Iterator[Commit]:
        """Those that were asked for."""
        return iter(tuple(self._listed.values()))

    def __getitem__(self, commit_id: str) -> Commit:
        """One of them, or one before them."""
        if commit_id not in self._listed:
            (self._listed[commit_id],) = _log(commit_id, "--max-count=1")
        return self._listed[commit_id]


def renamed_from(path: str, old: Commit, new: Commit) -> str | None:
    """The path that a file of a commit had in the one before; None: it was not there."""
    told = ask_git(
        "diff-tree", "-r", "-z", "-M", "--diff-filter=R", "--name-status", old.tree, new.tree
    )
    fields = told.split("\0")
    renames: Mapping[str, str] = dict(zip(fields[2::3], fields[1::3], strict=False))
    return renames.get(path)


def _log(revision: str, *limits: str) -> Iterator[Commit]:
    """Read commits; what the user configured for his eyes is turned off."""
    told = ask_git(
        "-c", "log.showSignature=false", "log", "-z", "--topo-order", "--no-patch", "--no-color",
        f"--format=tformat:{'%x00'.join(_FIELDS)}", *limits, revision, "--",
    )  # fmt: skip
    fields = told.split("\0")
    width = len(_FIELDS)
    for start in range(0, len(fields) - width + 1, width):
        commit, tree, parents, *rest = fields[start : start + width]
        yield Commit(commit, tree, tuple(parents.split()), *rest)


def _hint(revision: str) -> str:
    refs = ask_git("for-each-ref", "--format=%(refname:short)").splitlines()
    if not refs and revision == "HEAD":
        return "; nothing was committed yet"
    return nearest(revision, ["HEAD", *refs])
