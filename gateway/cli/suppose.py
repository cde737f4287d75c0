"""The credentials that a question on the command line supposes, or presents for real."""

import asyncio
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.cli.nearest import nearest
from gateway.cli.shown_token import NO_TOKEN, ShownToken
from gateway.cli.talk import remark
from gateway.errors import UsageError
from gateway.load import LoadedDocument
from gateway.model import Credentials, Proof, Proven
from gateway.policy.grantable import grantable_scopes
from gateway.policy.solve import Atom, AtomKind
from gateway.questions import SOMEBODY, suppose_scopes
from gateway.settings import Settings
from gateway.spec.model import OperationKey, SchemeName, Scope


@dataclass(frozen=True, slots=True)
class Supposed:
    """Credentials, and how they were told."""

    credentials: Credentials
    #: the scopes that the bearer schemes prove
    scopes: frozenset[Scope]
    #: for the first line: ` with scope "post"`
    told: str
    token: ShownToken = NO_TOKEN


def supposed_schemes(texts: Sequence[str]) -> Mapping[SchemeName, frozenset[str]]:
    """Read `--scheme NAME[=role,...]`: scheme -> roles; one that is repeated adds its roles."""
    found: dict[SchemeName, frozenset[str]] = {}
    for text in texts:
        name, _, roles = text.partition("=")
        held = frozenset(role.strip() for role in roles.split(",") if role.strip())
        found[SchemeName(name)] = found.get(SchemeName(name), frozenset()) | held
    return found


def suppose(
    loaded: LoadedDocument,
    *,
    scope: str | None,
    schemes: Mapping[SchemeName, frozenset[str]],
    token: ShownToken = NO_TOKEN,
) -> Supposed:
    """Make the credentials that the options tell; raises UsageError for an unknown scheme."""
    _refuse_unknown(loaded, schemes)
    proofs: dict[SchemeName, Proof] = {}
    told: list[str] = []
    if scope is not None:
        asked = tuple(dict.fromkeys(Scope(piece) for piece in scope.split(" ") if piece))
        _warn_of_undeclared(loaded, frozenset(asked))
        proofs |= suppose_scopes(loaded, scope)
        told.append(f'scope "{" ".join(asked)}"')
    proofs |= token.proofs
    for name, roles in schemes.items():
        proofs[name] = _with_roles(proofs.get(name), roles)
        told.append(f"scheme {name}" + (f" ({', '.join(sorted(roles))})" if roles else ""))
    return Supposed(
        Credentials(proofs),
        frozenset[Scope]().union(*(p.scopes for p in proofs.values() if isinstance(p, Proven))),
        f" with {' and '.join(told)}" if told else "",
        token,
    )


def supposed_atoms(
    loaded: LoadedDocument, schemes: Mapping[SchemeName, frozenset[str]]
) -> tuple[Atom, ...]:
    """What `--scheme` gives, as the solver counts it; raises UsageError for an unknown scheme."""
    _refuse_unknown(loaded, schemes)
    roles = (Atom(name, AtomKind.ROLE, role) for name, held in schemes.items() for role in held)
    return (*(Atom(name) for name in schemes), *roles)


def present(
    loaded: LoadedDocument,
    settings: Settings,
    operation: OperationKey,
    *,
    source: str,
    jwks_file: str | None,
) -> ShownToken:
    """Present the token of `--token` to the schemes of an operation."""
    from gateway.cli.present_token import prove_token  # cryptography loads when it is needed

    text = _read_token(source)
    return asyncio.run(prove_token(loaded, settings, operation, text=text, jwks_file=jwks_file))


def _with_roles(proof: Proof | None, roles: frozenset[str]) -> Proof:
    """A scheme that is proven; a token that was presented and is not valid stays so."""
    if proof is None:
        return Proven(SOMEBODY, roles=roles)
    if isinstance(proof, Proven):
        return Proven(proof.principal, proof.scopes, proof.roles | roles)
    return proof


def _refuse_unknown(loaded: LoadedDocument, names: Iterable[SchemeName]) -> None:
    for name in names:
        if name not in loaded.policy.schemes:
            hint = nearest(name, loaded.policy.schemes)
            raise UsageError(f"the document has no scheme `{name}`{hint}")


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
