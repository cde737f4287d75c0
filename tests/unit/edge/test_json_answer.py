"""Values as JSON text that says the same, or a refusal."""

import math
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.json_answer import write_json

NAN, INFINITE = math.nan, math.inf


@dataclass
class Song:
    """With what a dataclass may hold."""

    length: object
    _own: float = NAN


@dataclass(slots=True)
class Slotted:
    """Without a dictionary."""

    length: object


class Level(Enum):
    """A number that is none."""

    TOP = INFINITE
    LOW = 1


class Floating(float, Enum):
    """The same, and a float too."""

    TOP = INFINITE


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(NAN, id="NaN"),
        pytest.param(INFINITE, id="infinity"),
        pytest.param(-INFINITE, id="negative infinity"),
        pytest.param([[1.0, NAN]], id="list"),
        pytest.param({"a": {"b": (NAN,)}}, id="object and tuple"),
        pytest.param(["null", None, NAN], id="beside nulls"),
        pytest.param(Song(NAN), id="dataclass"),
        pytest.param(Slotted([NAN]), id="dataclass with slots"),
        pytest.param([Level.TOP], id="enum"),
        pytest.param([Floating.TOP], id="enum of floats"),
    ],
)
def test_a_number_that_json_cannot_hold_is_never_written_as_null(value: Any) -> None:
    with pytest.raises(ValueError, match="NaN and infinities"):
        write_json(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(None, b"null", id="null"),
        pytest.param([None, 1.5, "null"], b'[null,1.5,"null"]', id="nulls"),
        pytest.param("null", b'"null"', id="text"),
        pytest.param("NaN", b'"NaN"', id="text of the name"),
        pytest.param([None, date(2026, 1, 31)], b'[null,"2026-01-31"]', id="date"),
        pytest.param([UUID(int=0), None][1:], b"[null]", id="list"),
        pytest.param(Song(None), b'{"length":null}', id="what is not written is not looked at"),
        pytest.param(Slotted(None), b'{"length":null}', id="dataclass with slots"),
        pytest.param([None, Level.LOW], b"[null,1]", id="enum"),
    ],
)
def test_a_value_with_nulls_of_its_own_is_written(value: Any, text: bytes) -> None:
    assert write_json(value) == text


def floats_of(value: Any) -> list[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for part in value for number in floats_of(part)]
    return [value] if isinstance(value, float) else []


@given(
    value=st.recursive(
        st.none() | st.floats() | st.text(max_size=3) | st.just("null"),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("null"), inner),
    )
)
def test_what_is_refused_is_exactly_what_holds_such_a_number(value: Any) -> None:
    is_fine = all(math.isfinite(number) for number in floats_of(value))

    try:
        write_json(value)
    except ValueError:
        assert not is_fine
    else:
        assert is_fine
