"""Envoy's configuration: jwt_authn, then RBAC on the scope claim, then a constant answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.songs.data import ADDING, READING
from benchmarks.workshop import AUDIENCE, ISSUER

_FILTERS = "type.googleapis.com/envoy.extensions.filters"
_JWT = "envoy.filters.http.jwt_authn"


_CLUSTER = "upstream"


def envoy_configuration(
    port: int,
    jwks: str,
    answers: tuple[str, str],
    *,
    is_cached: bool = False,
    upstream: int | None = None,
    is_open: bool = False,
) -> Mapping[str, Any]:
    """One listener; `answers` to GET and to POST, or those of an upstream. It looks at no body.

    `is_open`: at no token either.
    """
    filters = [] if is_open else [_authentication(jwks, is_cached=is_cached), _access()]
    manager = {
        "@type": f"{_FILTERS}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "bench",
        "codec_type": "HTTP1",
        "route_config": {"virtual_hosts": [_host(answers, upstream)]},
        "http_filters": [*filters, _router()],
    }
    chain = {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}
    listener = {
        "name": "bench",
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "filter_chains": [{"filters": [chain]}],
    }
    clusters = [] if upstream is None else [_cluster(upstream)]
    return {"static_resources": {"listeners": [listener], "clusters": clusters}}


def _cluster(port: int) -> Mapping[str, Any]:
    address = {"socket_address": {"address": "127.0.0.1", "port_value": port}}
    endpoints = [{"lb_endpoints": [{"endpoint": {"address": address}}]}]
    return {
        "name": _CLUSTER,
        "type": "STATIC",
        "load_assignment": {"cluster_name": _CLUSTER, "endpoints": endpoints},
    }


def _host(answers: tuple[str, str], upstream: int | None) -> Mapping[str, Any]:
    if upstream is not None:
        route = {"match": {"path": "/songs"}, "route": {"cluster": _CLUSTER}}
        return {"name": "all", "domains": ["*"], "routes": [route]}
    listed, added = answers
    routes = [_route("GET", 200, listed), _route("POST", 201, added)]
    return {"name": "all", "domains": ["*"], "routes": routes}


def _route(method: str, status: int, body: str) -> Mapping[str, Any]:
    content_type = {"key": "content-type", "value": "application/json"}
    return {
        "match": {"path": "/songs", "headers": [_is_method(method)]},
        "direct_response": {"status": status, "body": {"inline_string": body}},
        "response_headers_to_add": [
            {"header": content_type, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
        ],
    }


def _authentication(jwks: str, *, is_cached: bool) -> Mapping[str, Any]:
    cache = {"jwt_cache_config": {"jwt_cache_size": 1000}} if is_cached else {}
    provider = {
        "issuer": ISSUER,
        "audiences": [AUDIENCE],
        "payload_in_metadata": "claims",
        "clock_skew_seconds": 1,
        "local_jwks": {"inline_string": jwks},
        **cache,
    }
    rule = {"match": {"prefix": "/"}, "requires": {"provider_name": "bench"}}
    return _filter(
        _JWT,
        "http.jwt_authn.v3.JwtAuthentication",
        {"providers": {"bench": provider}, "rules": [rule]},
    )


def _access() -> Mapping[str, Any]:
    policies = {"read": _policy("GET", READING), "add": _policy("POST", ADDING)}
    rules = {"action": "ALLOW", "policies": policies}
    return _filter("envoy.filters.http.rbac", "http.rbac.v3.RBAC", {"rules": rules})


def _router() -> Mapping[str, Any]:
    return _filter("envoy.filters.http.router", "http.router.v3.Router", {})


def _filter(name: str, kind: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"name": name, "typed_config": {"@type": f"{_FILTERS}.{kind}", **settings}}


def _policy(method: str, alternatives: Sequence[frozenset[str]]) -> Mapping[str, Any]:
    """The alternatives as an OR of ANDs."""
    ways = [{"and_ids": {"ids": [_holds(s) for s in sorted(one)]}} for one in alternatives]
    return {
        "permissions": [{"header": _is_method(method)}],
        "principals": [{"or_ids": {"ids": ways}}],
    }


def _holds(scope: str) -> Mapping[str, Any]:
    held = {"string_match": {"safe_regex": {"regex": f"(.* )?{scope}( .*)?"}}}
    path = [{"key": "claims"}, {"key": "scope"}]
    return {"metadata": {"filter": _JWT, "path": path, "value": held}}


def _is_method(method: str) -> Mapping[str, Any]:
    return {"name": ":method", "string_match": {"exact": method}}
