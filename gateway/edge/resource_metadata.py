"""What clients can learn of this API as an OAuth protected resource (RFC 9728)."""

from collections.abc import Mapping
from typing import Any

from gateway.load import LoadedDocument
from gateway.policy.compile import declared_scopes

#: RFC 9728 s3.1
PATH = "/.well-known/oauth-protected-resource"


def resource_metadata(
    document: LoadedDocument, *, public_url: str, documentation: str | None
) -> Mapping[str, Any]:
    """The metadata (RFC 9728 s2) of the API at `public_url`, which is its resource identifier."""
    bearers = document.trusts.bearers
    declared = declared_scopes(document.description)
    scopes = {scope for name in bearers for scope in declared.get(name, ())}
    metadata: dict[str, Any] = {
        "resource": public_url,
        "authorization_servers": sorted({trust.issuer for trust in bearers.values()}),
        "scopes_supported": sorted(scopes),
        "bearer_methods_supported": ["header"],
        "resource_name": document.description.title,
    }
    if documentation is not None:
        metadata["resource_documentation"] = documentation
    return metadata
