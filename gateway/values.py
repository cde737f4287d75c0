"""Values that are made for each request."""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[_T]) -> type[_T]:
    """A dataclass with slots, equal and hashed by its fields, which the types forbid to change.

    Nothing forbids it at run time: that is what makes a field cost a tenth of a frozen one's, and
    a new token is made into fifty of them. Whatever strangers are handed stays frozen.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value_without_repr(cls: type[_T]) -> type[_T]:
    """The same of what holds secrets: nothing shows it by accident."""
    return dataclass(slots=True, unsafe_hash=True, repr=False)(cls)
