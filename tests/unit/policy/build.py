"""ApiDescriptions, policies and credentials by hand: no document is read here."""

from collections.abc import Mapping, Sequence

from gateway.errors import Origin
from gateway.model import Credentials, Decision, Principal, PrincipalKind, Proof, Proven
from gateway.policy.compile import compile_policy
from gateway.policy.decide import decide
from gateway.policy.rules import Binding, Policy, Rule, Undeclared
from gateway.spec.model import (
    ApiDescription,
    Flow,
    KeyPlace,
    Operation,
    OperationKey,
    SchemeKind,
    SchemeName,
    SchemeRequirement,
    Scope,
    SecurityDeclaration,
    SecurityRequirement,
    SecurityScheme,
    SecuritySource,
)

HERE = Origin("api.yaml", 1, 1)
ISSUER = "http://localhost:8000/o"
OURS = Binding(ISSUER, "http://localhost:8000")
ALICE = Principal(ISSUER, "user:alice", PrincipalKind.USER)
BOB = Principal(ISSUER, "user:bob", PrincipalKind.USER)
CLIENT = Principal(ISSUER, "client:job", PrincipalKind.CLIENT)
KEY = Principal("keys", "key:1", PrincipalKind.KEY)

#: a `security` list as a document has it; None: the operation does not say
Security = Sequence[Mapping[str, Sequence[str]]] | None

DECLARED = ("read", "write", "create", "post", "widget", "a", "b", "c", "d")


def oauth2(name: str, *, scopes: Sequence[str] = DECLARED) -> SecurityScheme:
    flow = Flow("clientCredentials", {Scope(scope): "" for scope in scopes}, HERE)
    return SecurityScheme(SchemeName(name), SchemeKind.OAUTH2, HERE, flows=(flow,))


def scheme(name: str, kind: SchemeKind) -> SecurityScheme:
    return SecurityScheme(SchemeName(name), kind, HERE)


def api_key(name: str, place: KeyPlace, *, parameter: str = "k") -> SecurityScheme:
    return SecurityScheme(
        SchemeName(name), SchemeKind.API_KEY, HERE, place=place, parameter=parameter
    )


SCHEMES = (
    oauth2("oauth"),
    oauth2("other"),
    scheme("oidc", SchemeKind.OPENID_CONNECT),
    scheme("bearer", SchemeKind.HTTP_BEARER),
    scheme("basic", SchemeKind.HTTP_BASIC),
    scheme("digest", SchemeKind.UNSUPPORTED),
    scheme("mtls", SchemeKind.MUTUAL_TLS),
    api_key("key", KeyPlace.HEADER),
    api_key("second_key", KeyPlace.QUERY),
    api_key("session", KeyPlace.COOKIE),
    api_key("second_cookie", KeyPlace.COOKIE, parameter="s"),
)

#: every scheme but `digest`; the bearer ones accept one and the same token
BINDINGS: Mapping[SchemeName, Binding] = {
    SchemeName(name): OURS if name in ("oauth", "other", "oidc", "bearer") else Binding(name, "")
    for name in (s.name for s in SCHEMES)
    if name != "digest"
}


def requirement(schemes: Mapping[str, Sequence[str]]) -> SecurityRequirement:
    return SecurityRequirement(
        tuple(
            SchemeRequirement(SchemeName(name), tuple(names), HERE, tuple(HERE for _ in names))
            for name, names in schemes.items()
        ),
        HERE,
    )


def declaration(security: Security) -> SecurityDeclaration:
    if security is None:
        return SecurityDeclaration(SecuritySource.ABSENT, (), HERE)
    return SecurityDeclaration.of(
        SecuritySource.OPERATION, tuple(requirement(item) for item in security), HERE
    )


def operation(key: str, security: Security, *, summary: str = "") -> Operation:
    method, path = key.split(" ", 1)
    return Operation(
        OperationKey(key), method, path, None, HERE, declaration(security), summary=summary
    )


def description(
    operations: Mapping[str, Security],
    *,
    schemes: Sequence[SecurityScheme] = SCHEMES,
    base_path: str = "",
    summary: str = "",
) -> ApiDescription:
    return ApiDescription(
        file="api.yaml",
        openapi="3.0.3",
        title="songs",
        version="1",
        base_path=base_path,
        operations=tuple(operation(key, s, summary=summary) for key, s in operations.items()),
        schemes={s.name: s for s in schemes},
        document={},
    )


def policy(
    operations: Mapping[str, Security],
    *,
    bindings: Mapping[SchemeName, Binding] = BINDINGS,
    undeclared: Undeclared = Undeclared.DENY,
) -> Policy:
    return compile_policy(description(operations), bindings, undeclared=undeclared)


def rule(security: Security, *, key: str = "GET /songs") -> Rule:
    return policy({key: security}).rules[OperationKey(key)]


def proven(
    *scopes: str,
    roles: Sequence[str] = (),
    principal: Principal = ALICE,
    by_cookie: bool = False,
    csrf_proven: bool = False,
) -> Proven:
    return Proven(
        principal,
        scopes=frozenset(Scope(scope) for scope in scopes),
        roles=frozenset(roles),
        by_cookie=by_cookie,
        csrf_proven=csrf_proven,
    )


def presenting(**proofs: Proof) -> Credentials:
    return Credentials({SchemeName(name): proof for name, proof in proofs.items()})


def judge(security: Security, credentials: Credentials, *, key: str = "GET /songs") -> Decision:
    return decide(policy({key: security}), OperationKey(key), credentials)
