"""How arrays and objects are written into one text: the styles of OAS 3.0 parameters."""

import re
from dataclasses import dataclass

#: what stands between items in a query, before it is decoded
_DELIMITERS = {
    "spaceDelimited": re.compile(r"%20|\+"),
    "pipeDelimited": re.compile(r"\||%7[Cc]"),
}
_ENCODED_COMMA = re.compile("%2[Cc]")


@dataclass(frozen=True, slots=True)
class Style:
    """A `style` of OAS and its `explode`."""

    name: str
    explode: bool


def cut_scalar(text: str, name: str, style: Style) -> str:
    """The text of a scalar; ValueError says how it should be written."""
    match style.name:
        case "label":
            return _after(".", text)
        case "matrix":
            return _after(f";{name}=", text)
        case _:
            return text


def cut_array(text: str, name: str, style: Style) -> list[str]:
    """The texts of the items of an array; ValueError says how it should be written."""
    match style.name:
        case "label":
            inner = _after(".", text)
            # OAS 3.0 prints points whatever `explode` says, 3.1 commas without it.
            return inner.split("," if "," in inner else ".")
        case "matrix" if style.explode:
            return [_after(f"{name}=", piece) for piece in _after(";", text).split(";")]
        case "matrix":
            return _after(f";{name}=", text).split(",")
        case _ if not text:
            return []
        case "spaceDelimited" | "pipeDelimited":
            return _DELIMITERS[style.name].split(text)
        case "form" if "," not in text:
            # Many clients encode every comma; one that means a comma of data has another beside it.
            return _ENCODED_COMMA.split(text)
        case _:
            return text.split(",")


def cut_object(text: str, name: str, style: Style) -> list[tuple[str, str]]:
    """The named texts of an object; ValueError says how it should be written."""
    match style.name:
        case "label" if style.explode:
            return [_pair(piece) for piece in _after(".", text).split(".")]
        case "matrix" if style.explode:
            return [_pair(piece) for piece in _after(";", text).split(";")]
        case "simple" if style.explode:
            return [_pair(piece) for piece in text.split(",")] if text else []
    flat = cut_array(text, name, Style(style.name, explode=False))
    if len(flat) % 2:
        raise ValueError("must list names and values by turns")
    return list(zip(flat[::2], flat[1::2], strict=True))


def _after(prefix: str, text: str) -> str:
    if not text.startswith(prefix):
        raise ValueError(f"must begin with `{prefix}`")
    return text[len(prefix) :]


def _pair(piece: str) -> tuple[str, str]:
    name, equals, value = piece.partition("=")
    if not equals:
        raise ValueError("must list names with their values, as `name=value`")
    return name, value
