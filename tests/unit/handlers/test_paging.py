"""How pages are told apart from the outside."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.paging import Page, page_answer


@pytest.mark.parametrize(
    ("total", "limit", "offset", "link"),
    [
        pytest.param(0, 20, 0, None, id="nothing there"),
        pytest.param(20, 20, 0, None, id="all on one page"),
        pytest.param(21, 20, 0, '<?limit=20&offset=20>; rel="next"', id="one more than a page"),
        pytest.param(21, 20, 20, '<?limit=20&offset=0>; rel="prev"', id="the last page"),
        pytest.param(
            9,
            3,
            3,
            '<?limit=3&offset=6>; rel="next", <?limit=3&offset=0>; rel="prev"',
            id="in the middle",
        ),
        pytest.param(
            9,
            5,
            2,
            '<?limit=5&offset=7>; rel="next", <?limit=5&offset=0>; rel="prev"',
            id="less than a page from the start",
        ),
        pytest.param(9, 5, 1000, '<?limit=5&offset=4>; rel="prev"', id="far past the end"),
    ],
)
def test_a_page_links_to_its_neighbours(
    total: int, limit: int, offset: int, link: str | None
) -> None:
    answer = page_answer(Page[str]([], total), str, limit=limit, offset=offset)

    assert answer.headers is not None
    assert answer.headers["X-Total-Count"] == str(total)
    assert answer.headers.get("Link") == link


@given(items=st.lists(st.integers()), limit=st.integers(1, 100))
def test_following_next_shows_every_item_once(items: list[int], limit: int) -> None:
    seen: list[int] = []
    place: int | None = 0

    while place is not None:
        page = Page(items[place : place + limit], len(items))
        answer = page_answer(page, int, limit=limit, offset=place)
        seen += answer.body
        link = re.search(r'offset=(\d+)>; rel="next"', (answer.headers or {}).get("Link", ""))
        place = int(link[1]) if link else None

    assert seen == items
