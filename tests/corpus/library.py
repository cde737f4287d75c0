"""The library's door: reads a document, compiles it, routes and decides, with nothing around it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gateway.errors import Fault
from gateway.model import (
    Credentials,
    Decision,
    Principal,
    PrincipalKind,
    Proof,
    Proven,
    Refused,
    TokenFault,
    Uncheckable,
)
from gateway.policy.compile import compile_policy, takes_bearer_token
from gateway.policy.decide import decide
from gateway.policy.rules import Binding, Policy, Undeclared
from gateway.routing.endpoints import endpoints_of
from gateway.routing.path import split_path
from gateway.routing.reserved import is_reserved, reserved_faults, reserved_paths
from gateway.routing.tree import PathMissing, Route, Routed, RouteTable
from gateway.spec.model import (
    ApiDescription,
    KeyPlace,
    SchemeKind,
    SchemeName,
    Scope,
    SecurityScheme,
)
from gateway.spec.read import read_description
from tests.corpus.cases import BadToken, Case, Present, Setup

ISSUER = "http://localhost:8000/o"
OURS = Binding(ISSUER, "http://localhost:8000")
RESERVED = reserved_paths(has_token_service=True)

_FAULTS: Mapping[BadToken, TokenFault] = {
    BadToken.JUNK: TokenFault.MALFORMED,
    BadToken.EXPIRED: TokenFault.EXPIRED,
    BadToken.NOT_YET_VALID: TokenFault.NOT_YET_VALID,
    BadToken.ISSUED_IN_FUTURE: TokenFault.ISSUED_IN_FUTURE,
    BadToken.WRONG_AUDIENCE: TokenFault.AUDIENCE,
    BadToken.WRONG_ISSUER: TokenFault.ISSUER,
    BadToken.WRONG_TYPE: TokenFault.TYPE,
    BadToken.FORGED: TokenFault.SIGNATURE,
    BadToken.NO_ALGORITHM: TokenFault.ALGORITHM,
    BadToken.UNKNOWN_KEY: TokenFault.UNKNOWN_KEY,
    BadToken.MISSING_CLAIM: TokenFault.CLAIMS,
    BadToken.MALFORMED_SCOPE: TokenFault.SCOPE,
    BadToken.CRITICAL: TokenFault.CRITICAL,
    BadToken.REVOKED: TokenFault.REVOKED,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the library says to a case: where it leads, and the decision if it leads anywhere."""

    route: Route
    decision: Decision | None


def faults_of(description: ApiDescription) -> tuple[Fault, ...]:
    """What keeps a document that reads well from loading: the paths that are ours."""
    faults, _ = reserved_faults(description, RESERVED)
    return faults


@dataclass(frozen=True, slots=True)
class Library:
    """Answers cases; each document is read once."""

    _loaded: dict[Setup, tuple[ApiDescription, Policy, RouteTable]] = field(default_factory=dict)

    def answer(self, case: Case) -> Answer:
        """Route a case's request, and decide it if it leads to an operation."""
        if case.setup not in self._loaded:
            self._loaded[case.setup] = _load(case.setup)
        description, policy, table = self._loaded[case.setup]
        route = _route(table, case)
        if not isinstance(route, Routed):
            return Answer(route, None)
        credentials = Credentials(_proofs(case.present, description.schemes.values(), case.setup))
        return Answer(route, decide(policy, route.operation, credentials))


def _load(setup: Setup) -> tuple[ApiDescription, Policy, RouteTable]:
    description = read_description(str(setup.document))
    assert faults_of(description) == ()
    bindings = {
        name: OURS if takes_bearer_token(scheme) else Binding(name, "")
        for name, scheme in description.schemes.items()
        if takes_bearer_token(scheme) or name in setup.bound
    }
    policy = compile_policy(description, bindings, undeclared=Undeclared(setup.undeclared))
    table = RouteTable(endpoints_of(description), base_path=description.base_path)
    return description, policy, table


def _route(table: RouteTable, case: Case) -> Route:
    segments = split_path(case.path.encode())
    if segments is not None and is_reserved(segments, RESERVED):
        return PathMissing()
    return table.route(case.method, case.path.encode())


def _proofs(
    present: Present, schemes: Iterable[SecurityScheme], setup: Setup
) -> Mapping[SchemeName, Proof]:
    bound = [s for s in schemes if takes_bearer_token(s) or s.name in setup.bound]
    roles = _roles_of_token(present, bound)
    found = {
        s.name: _bearer(present, s, roles=roles) if takes_bearer_token(s) else _key(present, s)
        for s in bound
    }
    wrong: dict[SchemeName, Proof] = {
        **{SchemeName(name): Refused(TokenFault.UNKNOWN_CREDENTIAL) for name in present.invalid},
        **{SchemeName(name): Uncheckable(30) for name in present.uncheckable},
    }
    return {**{name: proof for name, proof in found.items() if proof is not None}, **wrong}


def _roles_of_token(present: Present, schemes: Iterable[SecurityScheme]) -> frozenset[str] | None:
    """The roles of the one token that all bearer schemes see; None: there is no token."""
    given = present.schemes or {}
    named = [s.name for s in schemes if takes_bearer_token(s) and s.name in given]
    if present.scopes is None and not named:
        return None
    return frozenset(role for name in named for role in given[name])


def _bearer(
    present: Present, scheme: SecurityScheme, *, roles: frozenset[str] | None
) -> Proof | None:
    if present.token is not None:
        return Refused(_FAULTS[present.token])
    if roles is None:
        return None
    scopes = frozenset(Scope(scope) for scope in present.scopes or ())
    return Proven(_principal(present, scheme), scopes=scopes, roles=roles)


def _key(present: Present, scheme: SecurityScheme) -> Proof | None:
    roles = (present.schemes or {}).get(scheme.name)
    if roles is None:
        return None
    by_cookie = scheme.place is KeyPlace.COOKIE
    return Proven(
        _principal(present, scheme),
        roles=frozenset(roles),
        by_cookie=by_cookie,
        csrf_proven=by_cookie and present.csrf,
    )


def _principal(present: Present, scheme: SecurityScheme) -> Principal:
    if scheme.place in (KeyPlace.HEADER, KeyPlace.QUERY):
        return Principal("keys", scheme.name, PrincipalKind.KEY)
    if scheme.kind is SchemeKind.MUTUAL_TLS:
        return Principal("certificates", scheme.name, PrincipalKind.CLIENT)
    user = (present.users or {}).get(scheme.name, "alice")
    return Principal(ISSUER, f"user:{user}", PrincipalKind.USER)
