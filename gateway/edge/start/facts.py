"""What the start page tells of a document."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from gateway.load import LoadedDocument
from gateway.policy.compile import declared_scopes
from gateway.policy.matrix import Standing, build_matrix
from gateway.spec.model import Operation

#: characters of a path that need no escape (RFC 3986 s3.3)
_PATH = "/:@!$&'()*+,;=~-._"
_OPEN = (Standing.PUBLIC, Standing.OPTIONAL, Standing.UNDECLARED_PUBLIC)
_SHUT = (Standing.UNDECLARED_DENIED, Standing.CLOSED)
_GET = "GET"


@dataclass(frozen=True, slots=True)
class ScopeFact:
    """A scope that the document declares."""

    name: str
    #: in the document's words
    description: str
    #: operations that name it
    operations: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document guards."""

    operations: int
    #: of them, those that anybody may call
    open: int
    #: of them, those that nobody can call
    shut: int
    scopes: tuple[ScopeFact, ...]
    #: a path to try, as a client sends it; None: each needs values
    sample: str | None


def facts_of(document: LoadedDocument) -> Facts:
    """Count and list."""
    description = document.description
    matrix = build_matrix(description, document.policy, description.operations)
    return Facts(
        len(description.operations),
        open=matrix.count(*_OPEN),
        shut=matrix.count(*_SHUT),
        scopes=tuple(_scopes(document)),
        sample=_sample(document),
    )


def curl(url: str, *options: str) -> str:
    """A line for a shell."""
    return shlex.join(["curl", *options, url])


def _scopes(document: LoadedDocument) -> Sequence[ScopeFact]:
    description = document.description
    flows = [flow for scheme in description.schemes.values() for flow in scheme.flows]
    words = {scope: told for flow in reversed(flows) for scope, told in flow.scopes.items()}
    declared = declared_scopes(description)
    names = dict.fromkeys(
        (
            *(s for flow in flows for s in flow.scopes),
            *(s for own in declared.values() for s in own),
        )
    )
    every = frozenset().union(*declared.values())
    named = _named(document)
    return [
        ScopeFact(name, words.get(name, ""), named.get(name, 0)) for name in names if name in every
    ]


def _named(document: LoadedDocument) -> Mapping[str, int]:
    """Scope -> how many operations name it."""
    counts: dict[str, int] = {}
    for rule in document.policy.rules.values():
        for scope in {scope for way in rule.alternatives for scope in way.scopes}:
            counts[scope] = counts.get(scope, 0) + 1
    return counts


def _sample(document: LoadedDocument) -> str | None:
    """The first path that can be read without a value to put in."""
    base = document.description.base_path
    found = (o for o in document.description.operations if o.method == _GET and _is_whole(o))
    operation = next(found, None)
    return None if operation is None else quote(base + operation.path, safe=_PATH + "%")


def _is_whole(operation: Operation) -> bool:
    needs = any(parameter.get("required") for parameter in operation.parameters)
    return "{" not in operation.path and not needs
