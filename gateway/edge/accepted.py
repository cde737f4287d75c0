"""Whether whoever asks would rather have a page than data (RFC 9110 s12.5.1)."""

from starlette.types import Scope


def prefers_html(scope: Scope) -> bool:
    """Whether Accept names text/html, with no smaller weight than JSON; `*/*` alone does not."""
    weights: dict[str, float] = {}
    for name, value in scope.get("headers", ()):
        if name.lower() == b"accept":
            for piece in value.decode("latin-1").lower().split(","):
                kind, *parameters = (part.strip() for part in piece.split(";"))
                weights[kind] = _weight(parameters)
    html = weights.get("text/html", 0.0)
    return html > 0 and html >= weights.get("application/json", 0.0)


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
