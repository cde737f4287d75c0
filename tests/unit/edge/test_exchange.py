"""A document seen from the side of answers."""

from typing import Any

import pytest

from gateway.edge.answer.exchange import exchanged

READ, WRITE = {"readOnly": True}, {"writeOnly": True}


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        pytest.param(READ, WRITE, id="readOnly"),
        pytest.param(WRITE, READ, id="writeOnly"),
        pytest.param({"readOnly": True, "writeOnly": False}, {"writeOnly": True, "readOnly": False},
                     id="both"),
        pytest.param({"properties": {"a": READ}}, {"properties": {"a": WRITE}}, id="property"),
        pytest.param({"allOf": [READ]}, {"allOf": [WRITE]}, id="in a list"),
        pytest.param(
            {"properties": {"readOnly": READ, "properties": {"properties": {"a": WRITE}}}},
            {"properties": {"readOnly": WRITE, "properties": {"properties": {"a": READ}}}},
            id="names that look like keywords",
        ),
        pytest.param({"properties": {"readOnly": True}}, {"properties": {"readOnly": True}},
                     id="a name whose schema is true"),
        pytest.param({"enum": [READ], "default": READ}, {"enum": [READ], "default": READ},
                     id="values"),
        pytest.param(
            {"responses": {"default": {"content": {"example": {"schema": READ}}}}},
            {"responses": {"default": {"content": {"example": {"schema": WRITE}}}}},
            id="names that look like values",
        ),
        pytest.param({"x": "readOnly"}, {"x": "readOnly"}, id="nothing"),
    ],
)  # fmt: skip
def test_the_two_keywords_change_places_and_nothing_else_does(part: Any, expected: Any) -> None:
    assert exchanged(part) == expected
    assert exchanged(exchanged(part)) == part
