"""One segment of a path template: literal text, one parameter, or a mixture of both."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

_PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class TemplateSegment:
    """A segment with parameters, such as `{songId}` or `{name}.{format}`."""

    #: in the order written
    names: tuple[str, ...]
    #: the text before, between and after the parameters: one more than there are names
    literals: tuple[str, ...]
    #: characters outside the braces: more of them win
    literal_characters: int
    #: the pattern's text with the names left out: equal for templates that differ in names alone
    shape: str

    def match(self, value: str) -> tuple[str, ...] | None:
        """The parameters' values in the order of `names`, none empty; None if it does not match.

        The first parameter takes as much as it can, then the second, and so on. The literals are
        looked for from the right, so that the time is linear: there is nothing to try again.
        """
        first, *between, last = self.literals
        if not (value.startswith(first) and value.endswith(last)):
            return None
        end = len(value) - len(last)
        taken: list[str] = []
        for literal in reversed(between):
            place = value.rfind(literal, len(first), end - 1)
            if place < 0:
                return None
            taken.append(value[place + len(literal) : end])
            end = place
        if end <= len(first):
            return None
        taken.append(value[len(first) : end])
        return tuple(reversed(taken))


def is_literal(segment: str) -> bool:
    """Whether a segment of a template holds no parameter."""
    return "{" not in segment


def literal_value(segment: str) -> str:
    """What a literal segment is compared with: itself, percent-decoded once.

    Octets that are no UTF-8 become surrogates, which no request's path ever holds.
    """
    return unquote(segment, errors="surrogateescape")


def template_segment(segment: str) -> TemplateSegment:
    """Compile one segment that holds at least one parameter."""
    literals = tuple(literal_value(piece) for piece in _PARAMETER.split(segment)[::2])
    return TemplateSegment(
        names=tuple(_PARAMETER.findall(segment)),
        literals=literals,
        literal_characters=sum(map(len, literals)),
        shape="{}".join(literals),
    )
