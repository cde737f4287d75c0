"""What a handler sees: marks that register nothing, and refusals that are values."""

import pytest

import scopegate
from gateway.handler import MARK, operation


def test_a_mark_leaves_the_function_as_it_is() -> None:
    def add(x: int) -> int:
        return x + 1

    marked = operation("addOne")(add)

    assert marked is add
    assert marked(1) == 2


def test_a_function_may_carry_several_marks_in_the_order_they_are_applied() -> None:
    @operation("POST /b")
    @operation("a")
    def handler() -> None: ...

    assert getattr(handler, MARK) == ("a", "POST /b")


def test_a_mark_of_one_function_is_not_seen_on_another() -> None:
    @operation("a")
    def first() -> None: ...

    def second() -> None: ...

    assert hasattr(first, MARK)
    assert not hasattr(second, MARK)


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (scopegate.Refusal, 400),
        (scopegate.Forbidden, 403),
        (scopegate.NotFound, 404),
        (scopegate.Conflict, 409),
        (scopegate.Unprocessable, 422),
        (scopegate.Unavailable, 503),
    ],
)
def test_a_refusal_has_its_status_and_its_words(
    refusal: type[scopegate.Refusal], status: int
) -> None:
    violation = scopegate.Violation("/name", "it is taken")

    raised = refusal("no", violations=[violation])

    assert (raised.status, raised.detail, str(raised)) == (status, "no", "no")
    assert raised.violations == (violation,)
    assert refusal("no").violations == ()


def test_the_public_face_holds_what_it_says() -> None:
    assert all(hasattr(scopegate, name) for name in scopegate.__all__)
    assert scopegate.operation is operation
