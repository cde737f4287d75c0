"""The paths that are ours: a document may not declare one of them."""

from collections.abc import Sequence

from gateway.errors import Fault
from gateway.routing.path import Segments
from gateway.routing.template import is_literal, literal_value, template_segment
from gateway.spec.model import ApiDescription

#: the `.well-known` names we serve: the token service's, and the gateway's own
_TOKEN_SERVICE_METADATA = (".well-known", "oauth-authorization-server")
_RESOURCE_METADATA = (".well-known", "oauth-protected-resource")


def reserved_paths(*, has_token_service: bool) -> tuple[tuple[str, ...], ...]:
    """The first segments of every path that is ours."""
    own: tuple[tuple[str, ...], ...] = (("-",), _RESOURCE_METADATA)
    if has_token_service:
        own += (("o",), ("accounts",), ("admin",), _TOKEN_SERVICE_METADATA)
    return own


def is_reserved(segments: Segments, reserved: Sequence[tuple[str, ...]]) -> bool:
    """Whether a request's path is one of ours; a template of the document never sees it."""
    return any(segments.values[: len(own)] == own for own in reserved)


def reserved_faults(
    description: ApiDescription, reserved: Sequence[tuple[str, ...]]
) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """What a document declares on or under our paths: faults, and warnings for its templates."""
    faults, warnings = [], []
    for operation in description.operations:
        template = (description.base_path + operation.path).split("/")[1:]
        for own in reserved:
            if not _can_match(template, own):
                continue
            path = "/" + "/".join(own)
            if all(is_literal(segment) for segment in template[: len(own)]):
                message = f"`{operation.path}` is on or under `{path}`, which is ours; move it"
                faults.append(Fault("reserved-path", message, operation.origin))
            else:
                message = f"`{operation.path}` could match `{path}`, which is ours: never served"
                warnings.append(Fault("reserved-path", message, operation.origin))
    return tuple(faults), tuple(warnings)


def _can_match(template: Sequence[str], own: Sequence[str]) -> bool:
    if len(template) < len(own):
        return False
    return all(
        literal_value(piece) == segment
        if is_literal(piece)
        else template_segment(piece).match(segment) is not None
        for piece, segment in zip(template, own, strict=False)
    )
