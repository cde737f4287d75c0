"""Writes large documents, the same bytes each time, in the shapes that real ones have."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_RESOURCES = ("account", "invoice", "order", "project", "ticket", "user", "volume", "webhook")
_METHODS = ("get", "post", "put", "delete", "patch")
_PROSE = (
    "Returns what the caller may see. Templates such as {{name}} are kept as written: "
    "a colon, a # and 'quotes' belong to the text.\n\nSee the guide for limits."
)


def large_document(
    operations: int, *, version: str = "3.0.3", properties: int = 0
) -> dict[str, Any]:
    """A document with so many operations, five a path and schema; each has three alternatives.

    In 3.1 and later a schema has three type arrays. `properties` adds so many to each schema.
    """
    is_new = not version.startswith("3.0")
    names = [f"{_RESOURCES[i % len(_RESOURCES)]}{i}" for i in range(-(-operations // 5))]
    paths = {f"/v1/{name}s/{{id}}": _item(name) for name in names}
    last = paths[f"/v1/{names[-1]}s/{{id}}"]
    for method in _METHODS[operations - 5 * (len(names) - 1) :]:
        del last[method]
    return {
        "openapi": version,
        "info": {"title": "A large one", "version": "1", "description": _PROSE},
        "servers": [{"url": "https://{host}/api", "variables": {"host": {"default": "a.example"}}}],
        "security": [{"oauth": ["read"]}],
        "tags": [{"name": name} for name in _RESOURCES],
        "paths": paths,
        "components": {
            "schemas": {
                name: _schema(name, names, is_new=is_new, properties=properties) for name in names
            },
            "responses": {"Refused": _answer("Refused", {"type": "object"})},
            "parameters": {"Page": _parameter("page", "query", {"type": "integer"})},
            "securitySchemes": _schemes(names),
        },
    }


def _item(name: str) -> dict[str, Any]:
    return {
        "parameters": [_parameter("id", "path", {"type": "string", "minLength": 1})],
        **{method: _operation(name, method) for method in _METHODS},
    }


def _operation(name: str, method: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    scope = "read" if method == "get" else f"{name}:write"
    written: dict[str, Any] = {
        "operationId": f"{method}_{name}",
        "tags": [name.rstrip("0123456789")],
        "summary": f"{method} one {name}",
        "description": _PROSE,
        "parameters": [
            {"$ref": "#/components/parameters/Page"},
            _parameter("filter", "query", {"type": "array", "items": {"type": "string"}}),
        ],
        "responses": {
            "200": _answer("Done", schema),
            "403": {"$ref": "#/components/responses/Refused"},
        },
        "security": [{"oauth": [scope]}, {"oauth": ["read", "admin"]}, {"key": []}],
    }
    if method in {"post", "put", "patch"}:
        content = {"application/json": {"schema": schema}}
        written["requestBody"] = {"required": True, "content": content}
    return written


def _parameter(name: str, place: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    needed = {"required": True} if place == "path" else {}
    return {"name": name, "in": place, "description": _PROSE, "schema": schema, **needed}


def _answer(text: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _schema(name: str, names: list[str], *, is_new: bool, properties: int) -> dict[str, Any]:
    following = names[(names.index(name) + 1) % len(names)]
    optional = {"type": ["string", "null"]} if is_new else {"type": "string", "nullable": True}
    return {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "example": "2019-01-01"},
            "note": {**optional, "description": _PROSE},
            "label": {**optional, "enum": ["on", "off", "yes"]},
            "count": {"type": ["integer", "null"] if is_new else "integer", "minimum": 0},
            "next": {"$ref": f"#/components/schemas/{following}"},
            **{f"field{i}": {**optional, "maxLength": i + 1} for i in range(properties)},
            "parts": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}},
        },
    }


def _schemes(names: list[str]) -> dict[str, Any]:
    scopes = {"read": "look", "admin": "all", **{f"{name}:write": "change" for name in names}}
    flow = {"tokenUrl": "https://a.example/token", "scopes": scopes}
    return {
        "oauth": {"type": "oauth2", "flows": {"clientCredentials": flow}},
        "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }


def of_keys_or_tokens(operations: int) -> dict[str, Any]:
    """A document in which each operation has the list apiKey-or-oauth2 of its own."""
    document = large_document(operations)
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation["security"] = [{"key": []}, *operation["security"][:1]]
    return document


def write_folder(folder: Path, files: int) -> Path:
    """Write an entry document whose path items and schemas stand in so many files beside it."""
    document = large_document(files // 2 * 5)
    schemas: dict[str, Any] = document["components"].pop("schemas")
    for path, name in zip(document["paths"], schemas, strict=True):
        _write(folder / f"paths/{name}.yaml", _relative(document["paths"][path], "../"))
        _write(folder / f"schemas/{name}.yaml", _relative(schemas[name], "../"))
        document["paths"][path] = {"$ref": f"paths/{name}.yaml"}
    _write(folder / "openapi.yaml", document)
    return folder / "openapi.yaml"


def _relative(value: Any, up: str) -> Any:
    """Point to the files that schemas stand in, and to the entry document for the rest."""
    if isinstance(value, Mapping):
        return {name: _relative(child, up) for name, child in value.items()}
    if isinstance(value, list):
        return [_relative(item, up) for item in value]
    if isinstance(value, str) and value.startswith("#/components/schemas/"):
        return f"{up}schemas/{value.rpartition('/')[2]}.yaml"
    if isinstance(value, str) and value.startswith("#/"):
        return f"{up}openapi.yaml{value}"
    return value


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_yaml(value), encoding="utf-8")


def as_yaml(value: Any) -> str:
    """Write a document as people do: blocks, plain scalars where they can be, no anchors."""
    return "".join(_lines(value, 0))


def _lines(value: Any, depth: int) -> Iterator[str]:
    indent = "  " * depth
    if isinstance(value, Mapping):
        for name, child in value.items():
            yield f"{indent}{_scalar(name)}:{_opening(child, depth)}"
            yield from _inner(child, depth + 1)
    else:
        for item in value:
            if isinstance(item, Mapping) and item:
                first, *rest = _lines(item, depth + 1)
                yield f"{indent}- {first.lstrip()}"
                yield from rest
            else:
                yield f"{indent}-{_opening(item, depth)}"
                yield from _inner(item, depth + 1)


def _opening(value: Any, depth: int) -> str:
    if isinstance(value, str) and "\n" in value:
        indent = "  " * (depth + 1)
        body = "".join(f"{indent}{line}\n" if line else "\n" for line in value.split("\n"))
        return f" |-\n{body}"
    if isinstance(value, Mapping | list) and value:
        return "\n"
    return f" {_scalar(value)}\n"


def _inner(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, Mapping | list):
        yield from _lines(value, depth)


def _scalar(value: Any) -> str:
    is_plain = isinstance(value, str) and value.replace(" ", "").replace("_", "").isalpha()
    return value if is_plain and value not in {"true", "false", "null"} else json.dumps(value)
