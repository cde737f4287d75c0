"""Which schemes of two documents take the same credential, though one may have been renamed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gateway.policy.compile import takes_bearer_token
from gateway.policy.rules import Binding
from gateway.policy.ways import Credential
from gateway.spec.model import ApiDescription, KeyPlace, SchemeKind, SchemeName, SecurityScheme

#: the bearer schemes that settings bind to an issuer of their own
Foreign = Mapping[SchemeName, Binding]
_Credentials = Mapping[SchemeName, Credential]


@dataclass(frozen=True, slots=True)
class SchemePair:
    """A scheme that was renamed."""

    old: SchemeName
    new: SchemeName


@dataclass(frozen=True, slots=True)
class SameSchemes:
    """What each scheme of two documents takes."""

    old: _Credentials
    new: _Credentials
    renamed: tuple[SchemePair, ...]


def match_schemes(
    old: ApiDescription, new: ApiDescription, *, old_foreign: Foreign, new_foreign: Foreign
) -> SameSchemes:
    """Match the schemes of two documents.

    Bearer schemes bound to one issuer and audience take the same tokens, whatever they are called.
    Else a scheme is the one of its name, kind, place and parameter. A scheme whose name is gone is
    the one of its form whose name is new, the one with the most scopes in common if there are more.
    """
    renamed = tuple(_renamed(old, new, {*old_foreign, *new_foreign}))
    names = {pair.old: pair.new for pair in renamed}
    return SameSchemes(
        old={n: _credential(s, names.get(n, n), old_foreign) for n, s in old.schemes.items()},
        new={n: _credential(s, n, new_foreign) for n, s in new.schemes.items()},
        renamed=renamed,
    )


def _renamed(
    old: ApiDescription, new: ApiDescription, bound: set[SchemeName]
) -> Iterator[SchemePair]:
    gone = [s for s in old.schemes.values() if s.name not in new.schemes and s.name not in bound]
    come = [s for s in new.schemes.values() if s.name not in old.schemes and s.name not in bound]
    for pair in _by_likeness(gone, come):
        is_free = pair[0] in gone and pair[1] in come
        if is_free:
            gone.remove(pair[0])
            come.remove(pair[1])
            yield SchemePair(pair[0].name, pair[1].name)


def _by_likeness(
    gone: Sequence[SecurityScheme], come: Sequence[SecurityScheme]
) -> list[tuple[SecurityScheme, SecurityScheme]]:
    pairs = [(old, new) for old in gone for new in come if _form(old) == _form(new)]
    return sorted(pairs, key=lambda pair: -len(_scopes(pair[0]) & _scopes(pair[1])))


def _scopes(scheme: SecurityScheme) -> set[str]:
    return {scope for flow in scheme.flows for scope in flow.scopes}


def _credential(scheme: SecurityScheme, name: SchemeName, foreign: Foreign) -> Credential:
    binding = foreign.get(scheme.name)
    if binding is not None and takes_bearer_token(scheme):
        return Credential(f"token of {binding.issuer} for {binding.audience}")
    if scheme.kind is SchemeKind.HTTP_BASIC:
        return Credential(scheme.kind.value)
    return Credential(" ".join((*_form(scheme), name)))


def _form(scheme: SecurityScheme) -> tuple[str, ...]:
    """How a credential travels; the names of headers are the same in any case."""
    if scheme.place is None:
        return (scheme.kind.value, scheme.http_scheme or "")
    parameter = scheme.parameter or ""
    if scheme.place is KeyPlace.HEADER:
        parameter = parameter.lower()
    return (scheme.kind.value, scheme.place.value, parameter)
