"""Documents written as YAML in a test, with what lint finds in them."""

from collections.abc import Mapping
from typing import Any

import yaml

from gateway.lint.finding import Finding
from gateway.lint.rules import lint
from gateway.load import load_document
from gateway.settings import Settings
from gateway.spec.read import read_description
from tests.edge.gateway.world import settings_of

OK = {"200": {"description": "ok"}}
#: the components of a document that shows none
COMPONENTS: Mapping[str, Any] = {
    "securitySchemes": {
        "oauth": {
            "type": "oauth2",
            "flows": {
                "authorizationCode": {
                    "authorizationUrl": "https://issuer.example/authorize",
                    "tokenUrl": "https://issuer.example/token",
                    "scopes": {"read": "see songs", "write": "change songs"},
                }
            },
        }
    }
}
#: what the components above would be blamed for
ABOUT_COMPONENTS = frozenset({"unused-scope", "unused-scheme"})


def completed(fragment: str, *, version: str = "3.0.3") -> bytes:
    """A whole document around the parts that an example shows; lines stay as they are."""
    shown = yaml.safe_load(fragment)
    added: dict[str, Any] = {"info": {"title": "t", "version": "1"}}
    if "openapi" not in shown:
        added["openapi"] = version
    if "components" not in shown:
        added["components"] = COMPONENTS
    text = fragment.rstrip("\n") + "\n" + yaml.safe_dump(added)
    return _with_responses(text).encode()


def _with_responses(text: str) -> str:
    """Give each operation the `responses` that OAS 3.0 asks for, beside its first field."""
    lines = []
    for line in text.splitlines():
        lines.append(line)
        if line.startswith("    ") and line.strip() in METHODS:
            lines.append("      responses: {'200': {description: ok}}")
    return "\n".join(lines) + "\n"


METHODS = frozenset(f"{m}:" for m in ("get", "put", "post", "delete", "head", "patch", "trace"))


def found_in(fragment: str, settings: Settings | None = None) -> tuple[Finding, ...]:
    """The findings in a fragment made whole."""
    data = completed(fragment)
    description = read_description("-", stdin=lambda: data)
    return lint(load_document(description, settings or settings_of()))


def rules_in(fragment: str, settings: Settings | None = None) -> list[str]:
    """The rules that a fragment breaks, those about the added components left out."""
    return [f.rule for f in found_in(fragment, settings) if f.rule not in ABOUT_COMPONENTS]


def operations(**paths: str) -> str:
    """Paths from `METHOD_path="security"`: `get_a="[]"` is a public GET /a."""
    items: dict[str, dict[str, str]] = {}
    for name, security in paths.items():
        method, _, path = name.partition("_")
        items.setdefault(path.replace("__", "/"), {})[method] = security
    lines = ["paths:"]
    for path, methods in items.items():
        lines.append(f"  /{path}:")
        for method, security in methods.items():
            lines += [f"    {method}:", f"      security: {security}"]
    return "\n".join(lines) + "\n"
