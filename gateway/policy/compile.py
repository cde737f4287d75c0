"""An ApiDescription compiled into a Policy."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType

from gateway.policy.codec import digest_of
from gateway.policy.rules import Alternative, Binding, Need, Policy, Rule, Undeclared
from gateway.spec.model import (
    ApiDescription,
    AskedTogether,
    KeyPlace,
    Operation,
    OperationKey,
    SchemeKind,
    SchemeName,
    Scope,
    SecurityScheme,
    SecuritySource,
)

#: RFC 6749 s3.3
_SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SCOPED = frozenset({SchemeKind.OAUTH2, SchemeKind.OPENID_CONNECT})
_BEARER = frozenset({SchemeKind.OAUTH2, SchemeKind.OPENID_CONNECT, SchemeKind.HTTP_BEARER})


def is_scope_token(text: str) -> bool:
    """Whether a text can be a scope at all (RFC 6749 s3.3)."""
    return _SCOPE_TOKEN.fullmatch(text) is not None


def takes_bearer_token(scheme: SecurityScheme) -> bool:
    """Whether a scheme's credential is a bearer token in the Authorization header."""
    return scheme.kind in _BEARER


def declared_scopes(description: ApiDescription) -> Mapping[SchemeName, frozenset[Scope]]:
    """For each scheme the scopes that it declares, hence that can be granted.

    An oauth2 scheme declares those of its flows; an openIdConnect scheme has no list of its own,
    so each scope that a requirement names for it counts.
    """
    declared = {
        name: {scope for flow in scheme.flows for scope in flow.scopes if is_scope_token(scope)}
        for name, scheme in description.schemes.items()
    }
    asked = {
        together for operation in description.operations for together in operation.security.asked
    }
    for scheme, names in chain.from_iterable(asked):
        if description.schemes[scheme].kind is SchemeKind.OPENID_CONNECT:
            declared[scheme] |= {Scope(name) for name in names if is_scope_token(name)}
    return {name: frozenset(scopes) for name, scopes in declared.items()}


def grantable_by_scheme(
    description: ApiDescription, bindings: Mapping[SchemeName, Binding]
) -> Mapping[SchemeName, frozenset[Scope]]:
    """For each scheme the scopes that one token for it can be granted.

    Schemes with one binding take the same token, so what one of them declares, all of them hold.
    """
    declared = declared_scopes(description)
    together: dict[Binding, frozenset[Scope]] = {}
    for name, binding in bindings.items():
        if name in declared:
            together[binding] = together.get(binding, frozenset()) | declared[name]
    return {
        name: together[bindings[name]] if name in bindings else scopes
        for name, scopes in declared.items()
    }


def compile_policy(
    description: ApiDescription,
    bindings: Mapping[SchemeName, Binding],
    *,
    undeclared: Undeclared = Undeclared.DENY,
) -> Policy:
    """Compile each operation's alternatives; a scheme without a binding can never be met."""
    rules = compile_rules(description, bindings, undeclared=undeclared)
    return Policy(
        rules=rules,
        schemes=description.schemes,
        bindings=MappingProxyType(dict(bindings)),
        digest=digest_of(rules, description),
    )


def compile_rules(
    description: ApiDescription,
    bindings: Mapping[SchemeName, Binding],
    *,
    undeclared: Undeclared = Undeclared.DENY,
) -> Mapping[OperationKey, Rule]:
    """The rules of a policy alone."""
    compiler = _Compiler(description, bindings, undeclared)
    return MappingProxyType({one.key: compiler.rule(one) for one in description.operations})


@dataclass(frozen=True, slots=True)
class _Terms:
    """What all operations have alike that ask for the same."""

    alternatives: tuple[Alternative, ...]
    trials: tuple[Alternative, ...]
    schemes: tuple[SchemeName, ...]
    satisfiable: frozenset[SchemeName]


class _Compiler:
    """What compiling one operation needs to know of the whole document."""

    def __init__(
        self,
        description: ApiDescription,
        bindings: Mapping[SchemeName, Binding],
        undeclared: Undeclared,
    ) -> None:
        self._schemes = description.schemes
        self._bindings = bindings
        self._undeclared = undeclared
        self._declared = grantable_by_scheme(description, bindings)
        self._terms: dict[tuple[tuple[AskedTogether, ...], bool], _Terms] = {}

    def rule(self, operation: Operation) -> Rule:
        declaration = operation.security
        is_unsafe = operation.method not in _SAFE_METHODS
        terms = self._terms_of(declaration.asked, is_unsafe=is_unsafe)
        return Rule(
            operation=operation.key,
            declaration=declaration,
            is_public=self._is_public(declaration.source, terms.alternatives),
            alternatives=terms.alternatives,
            trials=terms.trials,
            is_unsafe=is_unsafe,
            schemes=terms.schemes,
            satisfiable=terms.satisfiable,
        )

    def _terms_of(self, asked: tuple[AskedTogether, ...], *, is_unsafe: bool) -> _Terms:
        known = self._terms.get((asked, is_unsafe))
        if known is None:
            known = self._terms[asked, is_unsafe] = self._compile(asked, is_unsafe=is_unsafe)
        return known

    def _compile(self, asked: tuple[AskedTogether, ...], *, is_unsafe: bool) -> _Terms:
        alternatives = tuple(
            self._alternative(index, together) for index, together in enumerate(asked, start=1)
        )
        return _Terms(
            alternatives,
            _trials(alternatives, is_unsafe=is_unsafe),
            _schemes_of(alternatives),
            frozenset(_schemes_of(a for a in alternatives if a.can_be_met)),
        )

    def _is_public(self, source: SecuritySource, alternatives: Sequence[Alternative]) -> bool:
        if source is SecuritySource.ABSENT:
            return self._undeclared is Undeclared.PUBLIC
        return not alternatives

    def _alternative(self, index: int, asked: AskedTogether) -> Alternative:
        needs = tuple(self._need(scheme, names) for scheme, names in asked)
        schemes = [self._schemes[need.scheme] for need in needs]
        scopes = [(need.scheme, scope) for need in needs for scope in need.scopes]
        return Alternative(
            index=index,
            needs=needs,
            unmet=self._why_unmet(needs),
            ungrantable=tuple(s for name, s in scopes if s not in self._declared[name]),
            impossible=tuple(s for _, s in scopes if not is_scope_token(s)),
            opens_by_scopes=all(takes_bearer_token(scheme) for scheme in schemes)
            and not any(need.roles for need in needs),
            rests_on_cookie=bool(needs) and all(s.place is KeyPlace.COOKIE for s in schemes),
        )

    def _need(self, scheme: SchemeName, written: tuple[str, ...]) -> Need:
        names = tuple(dict.fromkeys(written))
        if self._schemes[scheme].kind in _SCOPED:
            return Need(scheme=scheme, scopes=tuple(Scope(name) for name in names))
        return Need(scheme=scheme, roles=names)

    def _why_unmet(self, needs: Sequence[Need]) -> str:
        for need in needs:
            if self._schemes[need.scheme].kind is SchemeKind.UNSUPPORTED:
                return f"scheme `{need.scheme}` is of a kind that is not supported"
            if need.scheme not in self._bindings:
                return f"scheme `{need.scheme}` is not bound"
        return self._why_header_conflicts(needs)

    def _why_header_conflicts(self, needs: Sequence[Need]) -> str:
        wanted: dict[tuple[str, str], SchemeName] = {}
        for need in needs:
            value = self._authorization_value(self._schemes[need.scheme])
            if value is not None:
                wanted.setdefault(value, need.scheme)
        if len(wanted) > 1:
            names = " and ".join(f"`{name}`" for name in wanted.values())
            return f"{names} need different values of the one Authorization header"
        return ""

    def _authorization_value(self, scheme: SecurityScheme) -> tuple[str, str] | None:
        """What a scheme wants the Authorization header to be, as far as schemes differ in it."""
        if takes_bearer_token(scheme):
            return "bearer of", self._bindings[scheme.name].issuer
        if scheme.kind is SchemeKind.HTTP_BASIC:
            return "basic", ""
        is_named_so = (scheme.parameter or "").lower() == "authorization"
        return ("key", "") if scheme.place is KeyPlace.HEADER and is_named_so else None


def _trials(alternatives: tuple[Alternative, ...], *, is_unsafe: bool) -> tuple[Alternative, ...]:
    def rank(alternative: Alternative) -> int:
        if not alternative.needs:
            return 2
        return 1 if is_unsafe and alternative.rests_on_cookie else 0

    tried = tuple(sorted(alternatives, key=rank))
    return alternatives if tried == alternatives else tried


def _schemes_of(alternatives: Iterable[Alternative]) -> tuple[SchemeName, ...]:
    return tuple(dict.fromkeys(need.scheme for a in alternatives for need in a.needs))
