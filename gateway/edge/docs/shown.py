"""The document as Swagger UI is shown it: calls come to us, and tokens come from whom we trust."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.edge.pages import public_document
from gateway.load import LoadedDocument
from gateway.policy.grantable import grantable_scopes
from gateway.spec.model import SchemeKind, SchemeName, Scope

_CODE = "authorizationCode"
_SERVERS = "servers"
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
    shown[_SERVERS] = [{"url": loaded.description.base_path or "/"}]
    components = dict(shown.get("components") or {})
    for items in (shown.get("paths"), components.get("pathItems")):
        if isinstance(items, dict):
            _drop_servers(items)
    written = components.get("securitySchemes") or {}
    components["securitySchemes"] = {
        str(name): _scheme(loaded, name, written.get(name), login)
        for name in loaded.description.schemes
    }
    shown["components"] = components
    return shown


def _drop_servers(items: dict[str, Any]) -> None:
    """Take the servers from path items and their operations, which are copies of ours."""
    for item in items.values():
        if not isinstance(item, dict):
            continue
        item.pop(_SERVERS, None)
        for operation in (*item.values(), *_more(item)):
            if isinstance(operation, dict):
                operation.pop(_SERVERS, None)


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
    if name in loaded.trusts.sessions:
        own["description"] = "Your login session: sign in, and the browser sends it by itself."
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
