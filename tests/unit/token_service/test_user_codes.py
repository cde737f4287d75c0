"""User codes: as devices show them, and as people type them."""

import pytest

from token_service.grants.user_codes import (
    hash_user_code,
    make_user_code,
    read_user_code,
    show_user_code,
)


def test_a_code_is_two_groups_of_four_letters_that_read_back() -> None:
    codes = {make_user_code() for _ in range(200)}

    assert len(codes) == 200
    for code in codes:
        letters = read_user_code(code)
        assert letters is not None
        assert show_user_code(letters) == code
        assert [len(group) for group in code.split("-")] == [4, 4]
        assert not set(code) & set("AEIOUY0123456789")


@pytest.mark.parametrize(
    "typed",
    ["BCDF-GHJK", "bcdf-ghjk", "bcdfghjk", " BCDF GHJK ", "b c d f g h j k", "BCDF\u2013GHJK."],
)
def test_case_and_signs_between_do_not_matter(typed: str) -> None:
    assert read_user_code(typed) == "BCDFGHJK"


@pytest.mark.parametrize(
    "typed", ["", "BCDF", "BCDF-GHJKL", "BCDF-GHJA", "BCDF-GHJ0", "ABCDF-GHJK", "BCDF-GHJK-1", "\0"]
)
def test_anything_else_is_no_code(typed: str) -> None:
    assert read_user_code(typed) is None


def test_only_a_hash_is_stored() -> None:
    assert "BCDFGHJK" not in hash_user_code("BCDFGHJK")
    assert hash_user_code("BCDFGHJK") != hash_user_code("BCDFGHJL")
