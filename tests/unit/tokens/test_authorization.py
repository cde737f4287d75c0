import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.tokens.authorization import basic_pair, holds_several, split_authorization


@pytest.mark.parametrize(
    ("value", "scheme", "rest"),
    [
        pytest.param(b"Bearer abc", b"bearer", "abc", id="plain"),
        pytest.param(b"bEARER   abc", b"bearer", "abc", id="case-and-spaces"),
        pytest.param(b" \tBearer abc \t", b"bearer", "abc", id="white-space-around"),
        pytest.param(b"Bearer", b"bearer", "", id="scheme-alone"),
        pytest.param(b"", b"", "", id="empty"),
        pytest.param(b"Bearer\tabc", b"bearer\tabc", "", id="tab-parts-nothing"),
        pytest.param(b"Bearer:abc", b"bearer:abc", "", id="colon-parts-nothing"),
        pytest.param(b"Bearer \xff", b"bearer", "\xff", id="octets-outside-ascii"),
        pytest.param("\u212aey a".encode(), "\u212aey".encode(), "a", id="kelvin-sign"),
    ],
)
def test_the_auth_scheme_ends_at_the_first_space(value: bytes, scheme: bytes, rest: str) -> None:
    assert split_authorization(value) == (scheme, rest)


@pytest.mark.parametrize(
    ("rest", "several"),
    [
        pytest.param("a", False, id="one"),
        pytest.param("a,", False, id="one-and-a-comma"),
        pytest.param(",", False, id="comma-alone"),
        pytest.param("a\xa0b", False, id="no-break-space-is-no-white-space"),
        pytest.param("a b", True, id="space"),
        pytest.param("a\tb", True, id="tab"),
        pytest.param("a,b", True, id="comma"),
        pytest.param("a, Bearer b", True, id="second-scheme"),
    ],
)
def test_tokens_are_parted_by_spaces_tabs_and_commas_alone(rest: str, several: bool) -> None:
    assert holds_several(rest) is several


@given(
    user=st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters=":")),
    password=st.text(st.characters(exclude_categories=["Cc", "Cs"])),
)
def test_user_and_password_come_out_as_they_went_in(user: str, password: str) -> None:
    text = base64.b64encode(f"{user}:{password}".encode()).decode()

    assert basic_pair(text) == (user, password)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("YTpi\n", id="newline"),
        pytest.param("YTpiYw", id="no-padding"),
        pytest.param("YTpiYx==", id="stray-bits"),
        pytest.param("YTpi!", id="junk"),
        pytest.param("YTpi\xff", id="outside-ascii"),
        pytest.param("YWI=", id="no-colon"),
        pytest.param(base64.b64encode(b"a:\xff").decode(), id="not-utf-8"),
        pytest.param(base64.b64encode(b"a:b\x00").decode(), id="nul"),
        pytest.param(base64.b64encode(b"a\r\n:b").decode(), id="line-break"),
        pytest.param(
            base64.urlsafe_b64encode("ÿÿÿ:ÿ".encode() + b"?>").decode(), id="url-alphabet"
        ),
    ],
)
def test_basic_credentials_of_another_form_are_none(text: str) -> None:
    assert basic_pair(text) is None
