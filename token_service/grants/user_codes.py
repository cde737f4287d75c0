"""The codes that people carry from a device to a browser (RFC 8628 s6.1)."""

import secrets

from token_service.grants.issue import hash_token

#: no vowels, so no words; nothing that is taken for a digit: 20 letters, 34 bits in eight of them
_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
_LETTERS = 8


def make_user_code() -> str:
    """A new code, as it is shown: two groups of four letters."""
    return show_user_code("".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS)))


def read_user_code(text: str) -> str | None:
    """The letters of a code as a person types it, in any case, with any signs between.

    None if what is left is no code.
    """
    letters = "".join(letter for letter in text.upper() if letter in _ALPHABET)
    signs = [sign for sign in text.upper() if sign.isalnum() and sign not in _ALPHABET]
    return letters if len(letters) == _LETTERS and not signs else None


def show_user_code(letters: str) -> str:
    """A code in groups."""
    return f"{letters[:4]}-{letters[4:]}"


def hash_user_code(letters: str) -> str:
    """The form in which a code is stored; `letters` without signs between."""
    return hash_token(letters)
