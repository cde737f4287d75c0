"""Scopes and ceilings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_service.errors import ScopeError
from token_service.scopes import (
    Ceiling,
    choose_scopes,
    join_scopes,
    parse_ceiling,
    parse_scopes,
    unite,
)

SCOPE = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"\\'), min_size=1
)
CEILING = st.builds(
    Ceiling, everything=st.booleans(), scopes=st.frozensets(st.sampled_from("abcdef"))
)


@given(st.lists(SCOPE, min_size=1, unique=True))
def test_scopes_survive_joining_and_parsing(scopes: list[str]) -> None:
    assert parse_scopes(join_scopes(scopes)) == tuple(scopes)


@given(st.text())
def test_whatever_parses_is_within_the_grammar(text: str) -> None:
    try:
        scopes = parse_scopes(text)
    except ScopeError:
        return

    octets = {ord(character) for scope in scopes for character in scope}
    assert all(scopes)
    assert octets <= {0x21, *range(0x23, 0x5C), *range(0x5D, 0x7F)}


@pytest.mark.parametrize(
    "text", ["", " ", "a ", " a", "a  b", "a\tb", "a\u2003b", 'a"', "a\\", "é"]
)
def test_text_outside_the_grammar_is_no_scope(text: str) -> None:
    with pytest.raises(ScopeError):
        parse_scopes(text)


@given(CEILING, st.frozensets(st.sampled_from("abcdef")))
def test_a_ceiling_never_adds(ceiling: Ceiling, scopes: frozenset[str]) -> None:
    assert ceiling.narrow(scopes) <= scopes


@given(st.lists(CEILING), st.frozensets(st.sampled_from("abcdef")))
def test_a_union_allows_what_any_member_allows(
    ceilings: list[Ceiling], scopes: frozenset[str]
) -> None:
    expected = frozenset().union(*(ceiling.narrow(scopes) for ceiling in ceilings))

    assert unite(ceilings).narrow(scopes) == expected


@pytest.mark.parametrize(
    ("text", "ceiling"),
    [
        ("*", Ceiling(everything=True)),
        ("read *", Ceiling(everything=True)),
        ("", Ceiling()),
        ("b a", Ceiling(scopes=frozenset("ab"))),
    ],
)
def test_ceilings_are_read_and_printed(text: str, ceiling: Ceiling) -> None:
    assert parse_ceiling(text) == ceiling
    assert parse_ceiling(str(ceiling)) == ceiling


@pytest.mark.parametrize(
    ("asked", "chosen"), [(None, ("a", "b")), ("b", ("b",)), ("b a b", ("b", "a"))]
)
def test_what_is_asked_is_chosen_or_else_everything(
    asked: str | None, chosen: tuple[str, ...]
) -> None:
    assert choose_scopes(asked, allowed=frozenset("ab")) == chosen


@pytest.mark.parametrize(("asked", "allowed"), [("a c", "ab"), ("A", "ab"), (None, "")])
def test_what_is_not_allowed_cannot_be_chosen(asked: str | None, allowed: str) -> None:
    with pytest.raises(ScopeError):
        choose_scopes(asked, allowed=frozenset(allowed))
