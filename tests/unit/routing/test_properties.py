"""Hypothesis: the tree never raises, agrees with a matcher too simple to be wrong, costs little."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.routing.path import Segments
from gateway.routing.tree import MethodMissing, PathMissing, Routed
from tests.unit.routing.build import found, table

ALL_KINDS = table(
    "GET /",
    "GET /a",
    "POST /a/{x}",
    "GET /a/{x}.{y}",
    "GET /{x}/b/{y}/",
    "OPTIONS /{x}{y}",
    "GET /caf%C3%A9/%25",
    base_path="/v2",
)
SEGMENTS = ("a", "b", "ab", "{x}", "a{x}", "{x}b", "{x}.{y}", "a.b")
WORDS = ("a", "b", "ab", "a.b", "abb", "c", "")

templates = st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=3).map(
    lambda segments: "/" + "/".join(segments)
)
paths = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(
    lambda segments: "/" + "/".join(segments)
)


@given(st.text(max_size=8), st.binary(max_size=40))
def test_no_bytes_and_no_method_make_the_table_raise(method: str, raw: bytes) -> None:
    for path in (raw, b"/" + raw, b"/v2/" + raw, b"/v2/a/" + raw):
        assert isinstance(ALL_KINDS.route(method, path), Routed | MethodMissing | PathMissing)


@given(st.sampled_from(("GET", "HEAD", "POST", "PUT")), st.binary(max_size=12))
def test_what_is_found_by_a_look_is_found_by_a_walk(method: str, tail: bytes) -> None:
    for path in (b"/v2/", b"/v2/a", b"/v2/caf%C3%A9/%25", b"/v2/caf%c3%a9/%25", b"/v2/" + tail):
        looked = ALL_KINDS.plain(method, path)
        assert looked is None or ALL_KINDS.route(method, path) == Routed(looked, {})


def test_paths_without_parameters_are_found_by_a_look() -> None:
    assert ALL_KINDS.plain("GET", b"/v2/a") == ALL_KINDS.plain("HEAD", b"/v2/a") == "GET /a"
    assert ALL_KINDS.plain("GET", b"/v2/caf%C3%A9/%25") == "GET /caf%C3%A9/%25"
    for method, path in (("PUT", b"/v2/a"), ("GET", b"/v2/a/"), ("GET", b"/a"), ("GET", b"/v2/b")):
        assert ALL_KINDS.plain(method, path) is None


def _literal_characters(segment: str) -> float:
    """A concrete segment has more of them than any template."""
    return len(re.sub(r"\{\w\}", "", segment)) if "{" in segment else float("inf")


def _matches(template: str, path: str) -> bool:
    shape = re.escape(template).replace(r"\{x\}", "[^/]+").replace(r"\{y\}", "[^/]+")
    return "//" not in path and re.fullmatch(shape, path) is not None


def _naive(declared: Sequence[str], path: str) -> str | None:
    """All templates that match, compared segment by segment: most literal characters first."""
    matching = [template for template in declared if _matches(template, path)]
    return max(matching, key=lambda t: [_literal_characters(s) for s in t.split("/")], default=None)


def _is_told_apart(declared: Sequence[str]) -> bool:
    """Whether no two templates first differ in segments as literal as each other."""
    for one, other in combinations(declared, 2):
        pairs = zip(one.split("/"), other.split("/"), strict=False)
        first, second = next((pair for pair in pairs if pair[0] != pair[1]), ("", "a"))
        if "{" in first + second and _literal_characters(first) == _literal_characters(second):
            return False
    return True


@settings(max_examples=400)
@given(st.lists(templates, max_size=6, unique=True).filter(_is_told_apart), paths)
def test_the_tree_agrees_with_a_naive_matcher(declared: list[str], path: str) -> None:
    routes = table(*(f"GET {template}" for template in declared))

    best = _naive(declared, path)

    assert found(routes.route("GET", path.encode())) == (f"GET {best}" if best else None)


@given(st.permutations(["/a/{x}", "/{x}/a", "/a{x}/{y}", "/{x}a/{y}", "/{x}/{y}", "/a/a"]), paths)
def test_the_order_of_the_file_does_not_matter(declared: list[str], path: str) -> None:
    keys = [f"GET {template}" for template in declared]

    assert found(table(*keys).route("GET", path.encode())) == found(
        table(*sorted(keys)).route("GET", path.encode())
    )


@dataclass(frozen=True, slots=True)
class _CountingValues:
    """Segments whose every reading is counted."""

    values: tuple[str, ...]
    reads: list[int]

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: int) -> str:
        self.reads.append(index)
        return self.values[index]


def test_a_lookup_costs_by_the_depth_of_the_path_and_not_by_the_size_of_the_document() -> None:
    keys = [f"GET /r{n}/{{x}}/s{m}" for n in range(40) for m in range(40)]
    reads: list[int] = []
    values = _CountingValues(("r7", "anything", "s9"), reads)

    route = table(*keys).route_segments("GET", Segments(values))  # type: ignore[arg-type]  # a spy

    assert found(route) == "GET /r7/{x}/s9"
    assert len(reads) == 3


def test_a_path_that_fits_every_branch_visits_no_place_of_the_tree_twice() -> None:
    depth = 8
    choices = [
        "/" + "/".join("a" if bits >> place & 1 else "{x}" for place in range(depth))
        for bits in range(2**depth)
    ]
    templates = [f"{choice}/{'end' if choice == choices[0] else 'other'}" for choice in choices]
    places = {t[:end] for t in templates for end in range(len(t) + 1) if t[end : end + 1] in "/"}
    reads: list[int] = []

    values = _CountingValues(("a",) * depth + ("end",), reads)
    route = table(*(f"GET {template}" for template in templates)).route_segments(
        "GET",
        Segments(values),  # type: ignore[arg-type]  # a spy
    )

    assert found(route) == f"GET {templates[0]}"
    assert len(reads) <= len(places)
