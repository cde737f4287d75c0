"""Which part of a request a function belongs to, and so where the time of a profile went."""

import pstats
from collections import defaultdict
from collections.abc import Mapping

Function = tuple[str, int, str]
#: a function's calls, calls that are not recursive, own time, whole time, and the same by caller
Entry = tuple[int, int, float, float, Mapping[Function, tuple[int, int, float, float]]]

#: part -> beginnings of paths; the first that fits counts
PARTS: Mapping[str, tuple[str, ...]] = {
    "route": ("gateway/routing/", "gateway/edge/routing_middleware"),
    "read the headers": ("gateway/tokens/present", "gateway/tokens/authorization"),
    "kept tokens": ("gateway/tokens/verified", "gateway/tokens/assurance"),
    "verify a token": ("gateway/tokens/", "jwt/", "cryptography/"),
    "revocations": ("gateway/app/revocations", "token_service/revo"),
    "local users": ("gateway/app/local_users",),
    "decide": ("gateway/policy/", "gateway/guard", "gateway/model", "gateway/edge/verdict"),
    "parameters and body": ("gateway/edge/request/",),
    "handler": ("gateway/edge/invoke", "gateway/edge/threads", "benchmarks/songs/handlers"),
    "answer": (
        "gateway/edge/json_answer",
        "gateway/edge/responses",
        "gateway/edge/reply",
        "gateway/edge/answer",
        "gateway/edge/privacy",
        "gateway/handler",
    ),
    "denial": ("gateway/edge/problem", "gateway/edge/challenge", "gateway/edge/refusal"),
    "audit, metrics, console": ("gateway/ops/", "logging/"),
    "edge, the rest": ("gateway/",),
    "Connexion and Starlette": ("connexion/", "starlette/"),
    "the driver": ("benchmarks/", "asyncio/base_events", "asyncio/runners"),
}
#: what nothing of the application called
_NOBODYS = "the driver"


def part_of(function: Function) -> str | None:
    """The part that a function's file belongs to; None: that of whoever calls it."""
    file = function[0].replace("\\", "/")
    for name, beginnings in PARTS.items():
        if any(f"/{beginning}" in f"/{file}" for beginning in beginnings):
            return name
    return None


def shares(entries: Mapping[Function, Entry]) -> Mapping[str, float]:
    """What share of all time each part has; builtins and the standard library count to callers."""
    spent: dict[str, float] = defaultdict(float)
    for function, (_, _, own, _, _) in entries.items():
        owners = _owners(function, entries, frozenset()) or {_NOBODYS: 1.0}
        for part, share in owners.items():
            spent[part] += own * share
    whole = sum(spent.values())
    return {part: seconds / whole for part, seconds in spent.items()} if whole else {}


def shares_of(stats: pstats.Stats) -> Mapping[str, float]:
    """The same of a profile that was taken."""
    entries: Mapping[Function, Entry] = stats.stats  # type: ignore[attr-defined]  # typeshed has none
    return shares(entries)


def _owners(
    function: Function, entries: Mapping[Function, Entry], seen: frozenset[Function]
) -> Mapping[str, float]:
    """The parts that a function works for, with shares that are 1 together; none: only its own."""
    part = part_of(function)
    if part is not None:
        return {part: 1.0}
    owners: dict[str, float] = defaultdict(float)
    for caller, spent in entries[function][4].items():
        if caller in entries and caller not in seen | {function}:
            for owner, share in _owners(caller, entries, seen | {function}).items():
                owners[owner] += share * spent[3]
    whole = sum(owners.values())
    return {owner: share / whole for owner, share in owners.items()} if whole else {}
