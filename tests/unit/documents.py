"""The two documents that come along, read by a parser that is not ours."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker

Document = Mapping[str, Any]

FOLDER = Path(__file__).parents[2] / "openapi"


def read(name: str) -> Document:
    """Read a document of the folder."""
    document: Document = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return document


API = read("openapi.yaml")
TOKEN_SERVICE = read("token_service.yaml")


@dataclass(frozen=True, slots=True)
class Declared:
    """One operation as written."""

    method: str
    path: str
    operation_id: str
    parameters: Sequence[Document]
    has_body: bool
    element: Document

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations_of(document: Document) -> Iterator[Declared]:
    """Show every operation of a document in the order written."""
    for path, item in document["paths"].items():
        for method, element in item.items():
            if method == "parameters":
                continue
            yield Declared(
                method.upper(),
                path,
                element["operationId"],
                [*item.get("parameters", ()), *element.get("parameters", ())],
                "requestBody" in element,
                element,
            )


def resolve(document: Document, element: Any) -> Any:
    """Follow a `$ref` within the document, if the element is one."""
    while "$ref" in element:
        target: Any = document
        for step in element["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        element = target
    return element


def faults(document: Document, schema: Document, value: object) -> list[str]:
    """Tell what is wrong with a value by a schema of the document."""
    rooted = {**schema, "components": document["components"]}
    validator = OAS30Validator(rooted, format_checker=oas30_format_checker)
    return [error.message for error in validator.iter_errors(value)]
