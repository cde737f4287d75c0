"""The security schemes of a document without faults."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.errors import Origin
from gateway.spec.model import Flow, KeyPlace, SchemeKind, SchemeName, Scope, SecurityScheme
from gateway.spec.nearest import nearest
from gateway.spec.node import MappingNode, Node, SequenceNode, child_of, key_origin, plain
from gateway.spec.pointer import follow, parse_pointer, split_reference

_HTTP_KINDS: Mapping[str, SchemeKind] = {
    "basic": SchemeKind.HTTP_BASIC,
    "bearer": SchemeKind.HTTP_BEARER,
}


#: stands, while a document is held to the OAS schema, for a scheme of a type that it does not know
_ANY_SCHEME = {"type": "http", "scheme": "unknown"}
_TYPES = frozenset({"apiKey", "http", "oauth2", "openIdConnect"})
#: a type from OAS 3.1 on; before, it means the same
_MUTUAL_TLS = "mutualTLS"


def with_known_types(document: Any) -> Any:
    """A document without the schemes of types that its version of the OAS does not know.

    They load: mutualTLS in OAS 3.0, and a type unlike any, whose alternatives can never be met.
    """
    components = document.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    if not isinstance(schemes, dict):
        return document
    others = {name: _ANY_SCHEME for name, scheme in schemes.items() if _is_of_another_type(scheme)}
    if not others:
        return document
    return {**document, "components": {**components, "securitySchemes": {**schemes, **others}}}


def _is_of_another_type(scheme: Any) -> bool:
    name = scheme.get("type") if isinstance(scheme, dict) else None
    if not isinstance(name, str) or name in _TYPES:
        return False
    return name == _MUTUAL_TLS or nearest(name, (*_TYPES, _MUTUAL_TLS)) is None


def declared_schemes(root: Node) -> MappingNode | None:
    """Return components.securitySchemes, None if there is no such map."""
    components = child_of(root, "components")
    schemes = child_of(components, "securitySchemes") if components is not None else None
    return schemes if isinstance(schemes, MappingNode) else None


def requirements_of(owner: MappingNode) -> Sequence[MappingNode]:
    """Return the requirement objects of an operation or of the document itself."""
    value = owner.entries.get("security")
    items = value.items if isinstance(value, SequenceNode) else ()
    return [item for item in items if isinstance(item, MappingNode)]


def build_schemes(root: Node) -> Mapping[SchemeName, SecurityScheme]:
    """Return each scheme under its name, in the order written."""
    declared = declared_schemes(root)
    if declared is None:
        return {}
    return {
        SchemeName(name): _scheme(name, _resolve(root, node), key_origin(declared, name))
        for name, node in declared.entries.items()
    }


def _resolve(root: Node, node: Node) -> Node:
    while (reference := child_of(node, "$ref")) is not None:
        node = follow(root, parse_pointer(split_reference(plain(reference))[1]))
    return node


def _scheme(name: str, node: Node, origin: Origin) -> SecurityScheme:
    values: Mapping[str, Any] = plain(node)
    scheme = SchemeName(name)
    match values["type"]:
        case "oauth2":
            return SecurityScheme(scheme, SchemeKind.OAUTH2, origin, flows=_flows(node))
        case "openIdConnect":
            return SecurityScheme(scheme, SchemeKind.OPENID_CONNECT, origin)
        case "apiKey":
            place = KeyPlace(values["in"])
            key = values["name"]
            return SecurityScheme(scheme, SchemeKind.API_KEY, origin, place=place, parameter=key)
        case "http":
            word = values["scheme"].lower()
            kind = _HTTP_KINDS.get(word, SchemeKind.UNSUPPORTED)
            return SecurityScheme(scheme, kind, origin, http_scheme=word)
        case "mutualTLS":
            return SecurityScheme(scheme, SchemeKind.MUTUAL_TLS, origin)
    return SecurityScheme(scheme, SchemeKind.UNSUPPORTED, origin)


def _flows(node: Node) -> tuple[Flow, ...]:
    flows = child_of(node, "flows")
    if not isinstance(flows, MappingNode):
        return ()
    return tuple(
        Flow(grant, _scopes(flow), key_origin(flows, grant))
        for grant, flow in flows.entries.items()
        if not grant.startswith("x-")
    )


def _scopes(flow: Node) -> Mapping[Scope, str]:
    scopes = child_of(flow, "scopes")
    return {} if scopes is None else plain(scopes)
