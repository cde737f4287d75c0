"""The text format of Prometheus, version 0.0.4: families of samples as lines."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


class Kind(StrEnum):
    """What the samples of a family are."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: its name, what it tells, and the names of its labels."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a family."""

    labels: Mapping[str, str]
    value: float
    #: what a histogram's samples have behind the name of the family: `_bucket`, `_sum`, `_count`
    suffix: str = ""


def exposition(families: Iterable[tuple[Family, Iterable[Sample]]]) -> bytes:
    """All families, those without a sample too, so that a query finds their names."""
    lines = (line for family, samples in families for line in _lines(family, samples))
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")


def _lines(family: Family, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {family.name} {family.help}"
    yield f"# TYPE {family.name} {family.kind}"
    for sample in samples:
        yield f"{family.name}{sample.suffix}{_labels(sample.labels)} {written(sample.value)}"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    pairs = (f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items())
    return "{" + ",".join(pairs) + "}"


def written(value: float) -> str:
    """A number as Prometheus reads it: whole ones without a fraction."""
    if value in {float("inf"), float("-inf")}:
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) else repr(value)
