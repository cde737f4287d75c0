"""The files of a description as they were at a git revision."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePath, PurePosixPath

from gateway.cli.git_objects import Entry, GitObjects, answers_git, ask_git
from gateway.cli.nearest import nearest
from gateway.errors import UsageError
from gateway.spec.file_source import offer

#: as many links as Linux follows
_MOST_LINKS = 40
_LONGEST_LINK = 4096
_Parts = tuple[str, ...]


@contextmanager
def files_at(revision: str, path: str) -> Iterator["RevisionFiles"]:
    """Give the files of a revision, seen from the current folder, else from the root as git does.

    `path` decides: the current folder comes first if the revision has the file there. Raises
    UsageError if there is no such revision.
    """
    tree = _tree_of(revision)
    below = ask_git("rev-parse", "--show-prefix")
    with GitObjects() as objects:
        files = RevisionFiles(objects, revision, tree, below)
        from_root = RevisionFiles(objects, revision, tree, "")
        is_relative = path.split("/")[0] in (".", "..")
        yield from_root if not (is_relative or files.has(path)) and from_root.has(path) else files


class RevisionFiles:
    """The files of one revision, by paths below one folder of the repository; a FileSource."""

    def __init__(self, objects: GitObjects, revision: str, tree: str, below: str) -> None:
        self._objects = objects
        self._revision = revision
        self._below = below
        self._folders: dict[_Parts, Mapping[str, Entry]] = {(): objects.folder(tree)}
        #: all that was looked up; of a folder only that it is one. INVARIANT: where the same is
        #: found at another revision, the same document is read
        self.found: dict[tuple[str, ...], Entry | None] = {}

    def has_all(self, found: Mapping[tuple[str, ...], Entry | None]) -> bool:
        """Whether each of these places holds the same here."""
        return all(_kind(self._entry(parts)) == entry for parts, entry in found.items())

    def name(self, path: str) -> str:
        """Return `main:api.yaml`."""
        return f"{self._revision}:{path}"

    def has(self, path: str) -> bool:
        """Whether the revision has anything at a path."""
        try:
            return self._look(self.real(path).parts) is not None
        except (OSError, ValueError):
            return False

    def real(self, path: str) -> PurePosixPath:
        """Return the path from the root of the repository, links followed."""
        pending = list(reversed(PurePosixPath(self._below, path).parts))
        done: list[str] = []
        links = 0
        while pending:
            part = pending.pop()
            if part == "..":
                _leave(done)
                continue
            entry = self._look((*done, part))
            if entry is None or not entry.is_link:
                done.append(part)
                continue
            links += 1
            if links > _MOST_LINKS:
                raise OSError("its links lead round in a circle")
            pending.extend(reversed(self._target(entry).parts))
        return PurePosixPath(*done)

    def is_file(self, real: PurePath) -> bool:
        """Whether there is a regular file at a path without links."""
        entry = self._look(real.parts)
        return entry is not None and entry.is_file

    def read(self, path: str, limit: int) -> bytes:
        """Return at most one byte more than the limit allows; raises UsageError."""
        try:
            real = self.real(path)
        except (OSError, ValueError) as error:
            raise UsageError(f"`{self.name(path)}` cannot be read: {error}") from error
        entry = self._look(real.parts)
        if entry is None:
            raise UsageError(self._absence(path, real))
        if not entry.is_file:
            what = "submodule" if entry.is_submodule else "folder"
            raise UsageError(f"`{self.name(path)}` is a {what}; name the document in it")
        return self._objects.read(entry.object_id, limit)

    def names_beside(self, path: str) -> tuple[str, ...]:
        """Return the names of everything in the folder of `path`."""
        try:
            return tuple(self._folder(self.real(str(PurePosixPath(path).parent)).parts) or ())
        except (OSError, ValueError):
            return ()

    def _absence(self, path: str, real: PurePosixPath) -> str:
        for count in range(1, len(real.parts)):
            entry = self._entry(real.parts[:count])
            if entry is not None and entry.is_submodule:
                module = "/".join(real.parts[:count])
                return f"`{path}` is in the submodule `{module}`; run the command inside of it"
        return f"there is no `{path}` at `{self._revision}`{offer(path, self)}"

    def _look(self, parts: _Parts) -> Entry | None:
        entry = self._entry(parts)
        self.found[parts] = _kind(entry)
        return entry

    def _entry(self, parts: _Parts) -> Entry | None:
        if not parts:
            return None
        folder = self._folder(parts[:-1])
        return None if folder is None else folder.get(parts[-1])

    def _folder(self, parts: _Parts) -> Mapping[str, Entry] | None:
        if parts not in self._folders:
            entry = self._entry(parts)
            if entry is None or not entry.is_folder:
                return None
            self._folders[parts] = self._objects.folder(entry.object_id)
        return self._folders[parts]

    def _target(self, link: Entry) -> PurePosixPath:
        target = PurePosixPath(self._objects.read(link.object_id, _LONGEST_LINK).decode())
        if target.is_absolute():
            raise ValueError(f"it is a link to `{target}`, which is no part of the revision")
        return target


def _kind(entry: Entry | None) -> Entry | None:
    """An entry as far as it decides what is read: what else is in a folder does not."""
    return entry if entry is None or not entry.is_folder else Entry(entry.mode, "")


def _leave(done: list[str]) -> None:
    """Go up one folder."""
    if not done:
        raise ValueError("it is outside the repository")
    done.pop()


def _tree_of(revision: str) -> str:
    """Return the object id of a revision's root folder; raises UsageError."""
    if not revision or revision.startswith("-"):
        raise UsageError(f"`{revision}` names no revision")
    wanted = f"{revision}^{{tree}}"
    found = answers_git("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
    if found is not None:
        return found
    ask_git("rev-parse", "--git-dir")
    refs = ask_git("for-each-ref", "--format=%(refname:short)").splitlines()
    hint = nearest(revision, ["HEAD", *refs])
    if ask_git("rev-parse", "--is-shallow-repository") == "true":
        hint += "; this clone is shallow, so fetch the revision if it is an older one"
    raise UsageError(f"there is no revision `{revision}`{hint}")
