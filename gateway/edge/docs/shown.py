"""The document as Swagger UI is shown it: calls come to us, and tokens come from whom we trust."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.edge.pages import public_document
from gateway.load import LoadedDocument
from gateway.policy.grantable import grantable_scopes
from gateway.spec.model import SchemeKind, SchemeName, Scope

_CODE = "authorizationCode"
_SERVERS = "servers"
_SECURITY = "security"
_FLOWS = frozenset({SchemeKind.OAUTH2, SchemeKind.OPENID_CONNECT})


@dataclass(frozen=True, slots=True)
class Login:
    """Where Swagger UI logs in; the document's own URLs are never asked."""

    client_id: str
    authorize_url: str
    token_url: str
    redirect_url: str
    #: what our authorization answers say of themselves (RFC 9207)
    issuer: str


def shown_document(loaded: LoadedDocument, login: Login | None) -> dict[str, Any]:
    """The document with one server, which is this one, and schemes that lead nowhere else."""
    shown = public_document(loaded.description.document)
    shown["openapi"] = shown_version(loaded.description.openapi)
    shown[_SERVERS] = [{"url": loaded.description.base_path or "/"}]
    components = dict(shown.get("components") or {})
    sessions = loaded.trusts.sessions
    _drop_sessions(shown, sessions)
    for items in (shown.get("paths"), components.get("pathItems")):
        for operation in _operations(items):
            operation.pop(_SERVERS, None)
            _drop_sessions(operation, sessions)
    written = components.get("securitySchemes") or {}
    schemes = {
        str(name): _scheme(loaded, name, written.get(name), login)
        for name in loaded.description.schemes
        if name not in sessions
    }
    components.pop("securitySchemes", None)
    shown["components"] = {**components, **({"securitySchemes": schemes} if schemes else {})}
    return shown


def shown_version(openapi: str) -> str:
    """The version to show a document as: Swagger UI draws nothing of OAS 3.2."""
    return "3.1.1" if openapi.startswith("3.2.") else openapi


def _operations(items: Any) -> Iterator[dict[str, Any]]:
    """Path items and their operations, which are copies of ours."""
    for item in items.values() if isinstance(items, dict) else ():
        if isinstance(item, dict):
            yield item
            yield from (own for own in (*item.values(), *_more(item)) if isinstance(own, dict))


def _drop_sessions(of: dict[str, Any], sessions: Collection[SchemeName]) -> None:
    """Ask for no login session: the browser sends it, and there is nothing to type."""
    required = of.get(_SECURITY)
    if isinstance(required, list) and sessions:
        asked = [{n: own for n, own in way.items() if n not in sessions} for way in required]
        of[_SECURITY] = [way for way, was in zip(asked, required, strict=True) if way or not was]


def _more(item: Mapping[str, Any]) -> tuple[Any, ...]:
    more = item.get("additionalOperations")
    return tuple(more.values()) if isinstance(more, dict) else ()


def _scheme(
    loaded: LoadedDocument, name: SchemeName, written: Any, login: Login | None
) -> dict[str, Any]:
    scheme = loaded.description.schemes[name]
    own = dict(written) if isinstance(written, dict) else {}
    told = {"description": own["description"]} if own.get("description") else {}
    if scheme.kind in _FLOWS and login is not None and name in loaded.trusts.embedded:
        return {"type": "oauth2", **told, "flows": {_CODE: _flow(loaded, name, login)}}
    if scheme.kind in _FLOWS:
        trust = loaded.trusts.bearers.get(name)
        whose = f"Paste an access token of {trust.issuer}" if trust else "No token is accepted"
        return {"type": "http", "scheme": "bearer", "description": whose}
    return own


def _flow(loaded: LoadedDocument, name: SchemeName, login: Login) -> dict[str, Any]:
    flows = loaded.description.schemes[name].flows
    words: dict[Scope, str] = {s: t for flow in reversed(flows) for s, t in flow.scopes.items()}
    granted = grantable_scopes(loaded.description, [name], flow=_CODE)
    order = [*(scope for scope in words if scope in granted), *sorted(granted - words.keys())]
    return {
        "authorizationUrl": login.authorize_url,
        "tokenUrl": login.token_url,
        "scopes": {str(scope): words.get(scope, "") for scope in order},
    }
