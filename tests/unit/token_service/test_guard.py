"""The guard in front of the protocol; tests/edge/token_service has its tables over HTTP."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_service.errors import RequestRefusedError
from token_service.guard import MAX_FORM_BYTES, PresentedClient, TokenForm, check_head, read_form

FORM = (b"content-type", b"application/x-www-form-urlencoded")
Result = TypeVar("Result")
TEXT = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs", "Cc"]), min_size=1)


def refusal_or(check: Callable[[], Result]) -> Result | RequestRefusedError:
    try:
        return check()
    except RequestRefusedError as error:
        return error


@given(st.dictionaries(TEXT, TEXT))
def test_a_form_is_read_as_browsers_write_it(form: dict[str, str]) -> None:
    sent = {"grant_type": "x", **form}
    for name in ("client_id", "client_secret", "client_assertion"):
        sent.pop(name, None)

    assert read_form(urlencode(sent).encode(), []).parameters == sent


@given(st.binary(max_size=200), st.binary(max_size=60))
def test_any_body_and_header_is_read_or_refused(body: bytes, header: bytes) -> None:
    for headers in ([], [(b"authorization", header)], [(b"authorization", b"Basic " + header)]):
        outcome = refusal_or(partial(read_form, body, headers))

        if isinstance(outcome, TokenForm):
            assert all(outcome.parameters.values())
        else:
            assert outcome.code in ("invalid_request", "invalid_client")


@given(st.text(max_size=8), st.lists(st.tuples(st.binary(), st.binary())), st.binary())
def test_any_head_passes_or_is_refused(
    method: str, headers: list[tuple[bytes, bytes]], query: bytes
) -> None:
    for more in ([], [FORM]):
        sent = headers + more
        outcome = refusal_or(partial(check_head, method, sent, query=query))

        if outcome is None:
            assert method == "POST"
        else:
            assert outcome.status in (400, 405, 413, 415)


@pytest.mark.parametrize(
    ("length", "passes"), [(MAX_FORM_BYTES, True), (MAX_FORM_BYTES + 1, False)]
)
def test_a_length_over_the_bound_is_refused_before_reading(length: int, passes: bool) -> None:
    headers = [FORM, (b"content-length", str(length).encode())]

    if passes:
        check_head("POST", headers, query=b"")
        return
    with pytest.raises(RequestRefusedError) as caught:
        check_head("POST", headers, query=b"")
    assert caught.value.status == 413


@pytest.mark.parametrize("length", [b"x", b"-1", b"9" * 5000])
def test_an_absurd_length_is_refused(length: bytes) -> None:
    with pytest.raises(RequestRefusedError):
        check_head("POST", [FORM, (b"content-length", length)], query=b"")


def test_header_names_are_found_in_any_case() -> None:
    headers = [(b"Content-Type", FORM[1]), (b"Authorization", b"Basic YTpi")]

    check_head("POST", headers, query=b"")

    presented = PresentedClient(client_id="a", secret="b")
    assert read_form(b"grant_type=x", headers).client == presented


def test_no_repr_shows_a_secret() -> None:
    form = read_form(b"grant_type=x&client_id=a&client_secret=very-secret", [])

    assert "very-secret" not in repr(form)
