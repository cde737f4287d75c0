"""Where the time of a profile is said to have gone."""

from benchmarks.parts import Entry, Function, part_of, shares

ROUTE: Function = ("/x/gateway/routing/tree.py", 1, "route")
DECIDE: Function = ("/x/gateway/policy/decide.py", 1, "decide")
LIBRARY: Function = ("/lib/python3.11/enum.py", 1, "lookup")
BUILTIN: Function = ("~", 0, "<built-in len>")


def entry(own: float, callers: dict[Function, float] | None = None) -> Entry:
    told = {caller: (1, 1, own, whole) for caller, whole in (callers or {}).items()}
    return (1, 1, own, own, told)


def test_our_rooms_have_parts_and_the_standard_library_has_none() -> None:
    assert part_of(ROUTE) == "route"
    assert part_of(DECIDE) == "decide"
    assert part_of(LIBRARY) is None
    assert part_of(BUILTIN) is None


def test_what_a_library_does_counts_to_whoever_had_it_done() -> None:
    entries = {
        ROUTE: entry(1.0),
        DECIDE: entry(1.0),
        LIBRARY: entry(1.0, {DECIDE: 2.0}),
        BUILTIN: entry(1.0, {LIBRARY: 0.5, ROUTE: 0.5}),
    }

    assert shares(entries) == {"route": 1.5 / 4, "decide": 2.5 / 4}


def test_functions_that_call_one_another_are_counted_once() -> None:
    entries = {
        ROUTE: entry(1.0),
        LIBRARY: entry(1.0, {ROUTE: 1.0, BUILTIN: 1.0}),
        BUILTIN: entry(2.0, {LIBRARY: 1.0}),
    }

    assert shares(entries) == {"route": 1.0}
