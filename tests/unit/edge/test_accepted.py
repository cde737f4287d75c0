"""Who gets a page and who gets data (RFC 9110 s12.5.1)."""

import pytest

from gateway.edge.accepted import prefers_html
from tests.edge.gateway.wire import scope_of

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        pytest.param(None, False, id="nothing said"),
        pytest.param("*/*", False, id="curl"),
        pytest.param(FIREFOX, True, id="a browser"),
        pytest.param("application/json", False, id="a program"),
        pytest.param("application/json, text/html", True, id="both alike"),
        pytest.param("application/json, text/html;q=0.5", False, id="rather data"),
        pytest.param("TEXT/HTML ; Q=0.5", True, id="in any case"),
        pytest.param("text/html;q=0", False, id="no page"),
        pytest.param("text/html;q=much", False, id="no weight"),
    ],
)
def test_a_page_is_for_who_names_it(accept: str | None, expected: bool) -> None:
    headers = {} if accept is None else {"accept": accept}

    assert prefers_html(scope_of("GET", "/", headers)) is expected
