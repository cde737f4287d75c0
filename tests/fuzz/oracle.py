"""Decides from the raw document alone, written from the OAS text: imports nothing of ours.

For callers with bearer tokens only: keys, passwords and cookies are never presented.
"""

import re
from typing import Any

_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


def decide(
    document: dict[str, Any],
    method: str,
    path_template: str,
    scopes: set[str] | None,
    undeclared: str = "deny",
) -> int:
    """200, 401 or 403 for a valid token of every bearer scheme, without roles; None: no token."""
    item = document["paths"][path_template]
    verb = "get" if method == "HEAD" and "head" not in item else method.lower()
    operation = item[verb]
    security = operation.get("security", document.get("security"))
    if security is None:
        return 200 if undeclared == "public" else 403
    if not security or {} in security:
        return 200
    if scopes is None:
        return 401
    verdicts = {_judge(document, requirement, scopes) for requirement in security}
    return min(verdicts, key=[200, 403, 401].index)


def _judge(document: dict[str, Any], requirement: dict[str, list[str]], scopes: set[str]) -> int:
    """401: a scheme is not proven; 403: all are, but a scope or a role is missing."""
    schemes = document["components"]["securitySchemes"]
    if not all(_takes_token(schemes[name]) for name in requirement):
        return 401
    lacks = [
        name
        for scheme, names in requirement.items()
        for name in names
        if schemes[scheme]["type"] == "http" or name not in scopes or not _SCOPE.fullmatch(name)
    ]
    return 403 if lacks else 200


def _takes_token(scheme: dict[str, Any]) -> bool:
    if scheme["type"] == "http":
        return str(scheme["scheme"]).lower() == "bearer"
    return scheme["type"] in ("oauth2", "openIdConnect")
