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
    #: None: the whole segment is the one parameter's value
    pattern: re.Pattern[str] | None
    #: characters outside the braces: more of them win
    literal_characters: int
    #: the pattern's text with the names left out: equal for templates that differ in names alone
    shape: str

    def match(self, value: str) -> tuple[str, ...] | None:
        """The parameters' values in the order of `names`; None if it does not match."""
        if self.pattern is None:
            return (value,) if value else None
        found = self.pattern.fullmatch(value)
        return found.groups() if found else None


def is_literal(segment: str) -> bool:
    """Whether a segment of a template holds no parameter."""
    return "{" not in segment


def literal_value(segment: str) -> str:
    """What a literal segment is compared with: itself, percent-decoded once."""
    return unquote(segment, errors="strict")


def template_segment(segment: str) -> TemplateSegment:
    """Compile one segment that holds at least one parameter, every one non-empty when matched."""
    names = tuple(_PARAMETER.findall(segment))
    literals = [literal_value(piece) for piece in _PARAMETER.split(segment)[::2]]
    if len(names) == 1 and not any(literals):
        return TemplateSegment(names, None, 0, shape="{}")
    pattern = "(.+)".join(re.escape(literal) for literal in literals)
    return TemplateSegment(
        names,
        re.compile(pattern, re.DOTALL),
        literal_characters=sum(map(len, literals)),
        shape="{}".join(literals),
    )
