"""What a document tells clients to do: flows that are not safe, URLs that are not private."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from gateway.errors import Origin
from gateway.lint.finding import Finding, Severity, Spot
from gateway.lint.rules.subject import Subject
from gateway.settings import is_loopback_url
from gateway.spec.build import resolve
from gateway.spec.model import Flow, SecurityScheme

_URLS = ("authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl")


def implicit_flow(subject: Subject) -> Iterator[Finding]:
    """A scheme that offers the implicit flow."""
    for flow in _flows(subject, "implicit"):
        yield Finding(
            flow.origin,
            Severity.WARNING,
            "implicit-flow",
            "RFC 9700 forbids it, the token service refuses it",
            hint="use authorizationCode; `scopegate rule implicit-flow` says why",
        )


def password_flow(subject: Subject) -> Iterator[Finding]:
    """A scheme that offers the password flow."""
    for flow in _flows(subject, "password"):
        yield Finding(
            flow.origin,
            Severity.WARNING,
            "password-flow",
            "RFC 9700 forbids it: the client sees the password",
            hint="use authorizationCode for people, clientCredentials for machines; "
            "`scopegate rule password-flow` says why",
        )


def _flows(subject: Subject, grant: str) -> Iterator[Flow]:
    for scheme in subject.loaded.description.schemes.values():
        yield from (flow for flow in scheme.flows if flow.grant == grant)


def http_url(subject: Subject) -> Iterator[Finding]:
    """A URL that takes secrets or tokens over a network in clear."""
    description = subject.loaded.description
    for scheme in description.schemes.values():
        for url, origin, keys in _scheme_urls(description.document, scheme):
            if _is_clear(url):
                what = f"`{keys[-1]}` of `{scheme.name}`"
                yield _in_clear(what, url, origin, keys)
    servers = description.document.get("servers", ())
    for place, server in enumerate(servers if isinstance(servers, list) else ()):
        url = server.get("url") if isinstance(server, Mapping) else None
        if _is_clear(url):
            keys = ("servers", str(place), "url")
            yield _in_clear("the server", url, Origin(description.file, 1, 1), keys)


def _in_clear(what: str, url: Any, origin: Origin, keys: tuple[str, ...]) -> Finding:
    return Finding(
        origin,
        Severity.WARNING,
        "http-url",
        f"{what} is `{url}`: tokens and secrets cross the network in clear",
        hint="write https; http is for loopback alone",
        spot=Spot(origin, keys, is_value=True),
        marked=str(url),
    )


def _scheme_urls(
    document: Mapping[str, Any], scheme: SecurityScheme
) -> Iterator[tuple[Any, Origin, tuple[str, ...]]]:
    """The URLs of a scheme, each with a place and the keys that lead to it from there."""
    written = resolve(document, document["components"]["securitySchemes"][scheme.name])
    key = "openIdConnectUrl"
    if key in written:
        yield written[key], scheme.origin, (key,)
    for flow in scheme.flows:
        yield from _flow_urls(written["flows"][flow.grant], flow)


def _flow_urls(
    written: Mapping[str, Any], flow: Flow
) -> Iterator[tuple[Any, Origin, tuple[str, ...]]]:
    for key in _URLS:
        if key in written:
            yield written[key], flow.origin, (key,)


def _is_clear(url: Any) -> bool:
    try:
        is_http = isinstance(url, str) and urlsplit(url).scheme == "http"
        return is_http and not is_loopback_url(url)
    except ValueError:
        return False
