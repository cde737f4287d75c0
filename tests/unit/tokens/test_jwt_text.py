import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Refused, TokenFault
from gateway.tokens.jwt_text import MAX_TOKEN_CHARACTERS, JwtText, parse_jwt_text
from tests.unit.tokens.minting import CLAIMS, header_of, mint, segment, sign

MALFORMED = Refused(TokenFault.MALFORMED)


def test_a_compact_jws_is_taken_apart() -> None:
    text = mint()

    token = parse_jwt_text(text)

    assert isinstance(token, JwtText)
    assert token.header == header_of()
    assert token.claims == CLAIMS
    assert token.signing_input.decode() == text.rpartition(".")[0]
    assert len(token.signature) == 64


def test_a_token_of_the_greatest_length_is_taken_apart_and_a_longer_one_is_not() -> None:
    header = segment({})
    room = MAX_TOKEN_CHARACTERS - len(header) - len("..AAAA")
    claims = segment(b"{}" + b" " * ((room - room % 4) * 3 // 4 - 2))
    filling = "AAAA" + "A" * (room - len(claims))
    filling = filling[: len(filling) - (len(filling) % 4)]

    assert isinstance(parse_jwt_text(f"{header}.{claims}.{filling}"), JwtText)
    assert parse_jwt_text(f"{header}.{claims}.{filling}AAAAAAAA") == MALFORMED


@given(st.text() | st.from_regex(r"[A-Za-z0-9_=-]*(\.[A-Za-z0-9_=-]*){0,4}", fullmatch=True))
def test_no_text_makes_the_parser_raise(text: str) -> None:
    assert isinstance(parse_jwt_text(text), JwtText | Refused)


@given(st.data())
def test_a_token_changed_in_one_character_never_reads_the_same(data: st.DataObject) -> None:
    text = sign({"alg": "EdDSA"}, {"sub": "a"}, alg="EdDSA")
    place = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(st.characters(codec="latin-1"))
    changed = text[:place] + character + text[place + 1 :]

    if changed != text:
        assert parse_jwt_text(changed) != parse_jwt_text(text)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text + "=", id="padding"),
        pytest.param(lambda text: text + "==", id="more-padding"),
        pytest.param(lambda text: text + "\n", id="newline"),
        pytest.param(lambda text: " " + text, id="space"),
        pytest.param(lambda text: text.replace(".", ".\u200b", 1), id="zero-width-space"),
        pytest.param(lambda text: text.replace(".", "\u3002", 1), id="ideographic-full-stop"),
        pytest.param(lambda text: text.replace("e", "\uff45", 1), id="full-width-letter"),
        pytest.param(lambda text: text[:-1], id="one-character-less"),
        pytest.param(lambda text: text + "AAA", id="impossible-length"),
        pytest.param(lambda text: text[:-1] + "+", id="base64-not-url"),
    ],
)
def test_a_text_that_is_not_exactly_base64url_is_malformed(change: object) -> None:
    assert callable(change)
    assert parse_jwt_text(change(mint())) == MALFORMED
