"""The credentials that a question on the command line supposes, or presents for real."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.cli.nearest import nearest
from gateway.cli.talk import remark
from gateway.errors import UsageError
from gateway.load import LoadedDocument
from gateway.model import Credentials, Decision, Principal, PrincipalKind, Proof, Proven
from gateway.policy.grantable import grantable_scopes
from gateway.settings import Settings
from gateway.spec.model import OperationKey, SchemeName, Scope
from gateway.tokens.check import Check

#: whom the options prove
SOMEBODY = Principal("supposed", "somebody", PrincipalKind.USER)


@dataclass(frozen=True, slots=True)
class ShownToken:
    """What `--token` told; empty without it."""

    proofs: Mapping[SchemeName, Proof]
    #: scheme -> each check of the token
    checks: Mapping[SchemeName, tuple[Check, ...]]
    #: the scopes that it claims, as written
    claimed: tuple[Scope, ...] = ()
    #: the decision if the token, which is refused, were valid
    then: Decision | None = None


_NO_TOKEN = ShownToken({}, {})


@dataclass(frozen=True, slots=True)
class Supposed:
    """Credentials, and how they were told."""

    credentials: Credentials
    #: the scopes that the bearer schemes prove
    scopes: frozenset[Scope]
    #: for the first line: ` with scope "post"`
    told: str
    token: ShownToken


def supposed_schemes(texts: Sequence[str]) -> Mapping[SchemeName, frozenset[str]]:
    """Read `--scheme NAME[=role,...]`: scheme -> roles."""
    pairs = (text.partition("=") for text in texts)
    return {
        SchemeName(name): frozenset(role for role in roles.split(",") if role)
        for name, _, roles in pairs
    }


def suppose(
    loaded: LoadedDocument,
    settings: Settings,
    operation: OperationKey,
    *,
    scope: str | None,
    token: str | None,
    schemes: Mapping[SchemeName, frozenset[str]],
) -> Supposed:
    """Make the credentials that the options tell."""
    if scope is not None and token is not None:
        raise UsageError("--scope and --token exclude each other: a token has its own scopes")
    proofs: dict[SchemeName, Proof] = {}
    told: list[str] = []
    if scope is not None:
        asked = tuple(dict.fromkeys(Scope(piece) for piece in scope.split(" ") if piece))
        _warn_of_undeclared(loaded, frozenset(asked))
        proofs |= {name: Proven(SOMEBODY, frozenset(asked)) for name in loaded.trusts.bearers}
        told.append(f'scope "{" ".join(asked)}"')
    shown = _NO_TOKEN if token is None else _present(loaded, settings, operation, token)
    proofs |= shown.proofs
    for name, roles in schemes.items():
        if name not in loaded.policy.schemes:
            hint = nearest(name, loaded.policy.schemes)
            raise UsageError(f"the document has no scheme `{name}`{hint}")
        held = proofs.get(name)
        scopes = held.scopes if isinstance(held, Proven) else frozenset()
        proofs[name] = Proven(SOMEBODY, scopes, roles)
        told.append(f"scheme {name}" + (f" ({', '.join(sorted(roles))})" if roles else ""))
    return Supposed(
        Credentials(proofs),
        frozenset[Scope]().union(*(p.scopes for p in proofs.values() if isinstance(p, Proven))),
        f" with {' and '.join(told)}" if told else "",
        shown,
    )


def _present(
    loaded: LoadedDocument, settings: Settings, operation: OperationKey, source: str
) -> ShownToken:
    from gateway.cli.present_token import prove_token  # cryptography loads when it is needed

    return asyncio.run(prove_token(loaded, settings, operation, _read_token(source)))


def _warn_of_undeclared(loaded: LoadedDocument, scopes: frozenset[Scope]) -> None:
    declared = grantable_scopes(loaded.description, loaded.trusts.bearers)
    for scope in sorted(scopes - declared):
        hint = nearest(scope, declared)
        remark(f"note: the document declares no scope `{scope}`{hint}")


def _read_token(source: str) -> str:
    if source == "-":
        return sys.stdin.readline().strip()
    if not source.startswith("@"):
        raise UsageError("a token is not given on the command line: pass --token - or @file")
    try:
        return Path(source[1:]).read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise UsageError(f"{source[1:]}: {error.strerror}") from error
