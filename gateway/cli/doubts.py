"""How long files must be left alone before a reload believes them, and when it never does."""

from collections.abc import Collection

from gateway.cli.endings import Ending, ending_of, is_beginning_of, lacks_end_of
from gateway.cli.reload_words import loosens
from gateway.compare import Comparison
from gateway.errors import UsageError
from gateway.policy.diff import Change
from gateway.spec.snapshot import Snapshot

#: before anything that loosens rules
SECOND_LOOK_SECONDS = 0.5
#: the same where more of the file may be to come
NEW_END_SECONDS = 3.0


def patience(
    snapshot: Snapshot,
    ruling: Snapshot,
    comparison: Comparison,
    *,
    whole: Collection[str] = (),
    unknown: Collection[str] = (),
) -> float:
    """Seconds to leave files alone before they rule; raises UsageError for what looks cut short.

    `whole` are files that were put in place as they are, `unknown` those that somebody may have
    open for writing; the others are closed. What is cut short may change nothing of access, be it
    to the narrower: the next pause of the writer would be measured by it.
    """
    if not comparison.access.changes:
        return 0.0
    texts = {
        path: (text, ruling.files.get(path, b""))
        for path, text in snapshot.files.items()
        if text != ruling.files.get(path)
    }
    endings = {path: ending_of(*pair) for path, pair in texts.items() if path not in whole}
    drops = bool(comparison.access.of(Change.REMOVED))
    for path, (text, before) in texts.items():
        if is_beginning_of(text, before) or _is_cut(endings.get(path), drops=drops):
            raise UsageError(
                f"{path} looks cut short, which would change who may call; if that is meant, send "
                "SIGHUP"
            )
    if not loosens(comparison):
        return 0.0
    for path, (text, before) in texts.items():
        if lacks_end_of(text, before):
            raise UsageError(
                f"{path} would let callers in or drop an operation, and its last line has no end, "
                "as if it were not all written; end it, or send SIGHUP if it is meant"
            )
    is_settled = {*endings.values()} <= {Ending.SAME} and texts.keys().isdisjoint(unknown)
    return SECOND_LOOK_SECONDS if is_settled else NEW_END_SECONDS


def _is_cut(ending: Ending | None, *, drops: bool) -> bool:
    """Whether a file ends before the text that it had; an operation may be gone with its end."""
    return ending is Ending.CUT or (drops and ending is Ending.OTHER)
