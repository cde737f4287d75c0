"""Joining files costs no more than the limits allow, however they refer to one another."""

from pathlib import Path

from gateway.spec.limits import Limits
from gateway.spec.read import read_description
from tests.unit.spec.writing import HEAD, faults_of, write

FINE = "responses: {default: {description: fine}}"
SCHEMA_OF = (
    "responses: {{default: {{description: d, content: {{a/b: {{schema: {{$ref: '{}'}}}}}}}}}}"
)


def refused(folder: Path, files: dict[str, str]) -> list[str]:
    path = write(folder, files)
    return [fault.rule for fault in faults_of(lambda: read_description(path))]


def test_path_items_that_multiply_end_at_the_budget(tmp_path: Path) -> None:
    files = {"o.yaml": f"{HEAD}paths: {{/a: {{$ref: p0.yaml}}}}\n"}
    for i in range(12):
        inner = ", ".join(f"c{j}: {{u: {{$ref: p{i + 1}.yaml}}}}" for j in range(9))
        files[f"p{i}.yaml"] = f"get:\n  callbacks: {{{inner}}}\n  {FINE}\n"
    files["p12.yaml"] = f"get: {{{FINE}}}"

    assert refused(tmp_path, files) == ["alias-budget"]


def test_files_nested_in_one_another_end_at_the_depth(tmp_path: Path) -> None:
    count = 500
    files = {"o.yaml": f"{HEAD}paths: {{/a: {{$ref: p0.yaml}}}}\n"}
    for i in range(count):
        files[f"p{i}.yaml"] = (
            f"get:\n  callbacks: {{c: {{u: {{$ref: p{i + 1}.yaml}}}}}}\n  {FINE}\n"
        )
    files[f"p{count}.yaml"] = f"get: {{{FINE}}}"

    assert refused(tmp_path, files) == ["depth"]


def test_schemas_in_a_long_row_of_files_are_not_deep(tmp_path: Path) -> None:
    count = 300
    files = {"o.yaml": f"{HEAD}paths:\n  /a: {{get: {{{SCHEMA_OF.format('s0.yaml')}}}}}\n"}
    for i in range(count):
        files[f"s{i}.yaml"] = f"items: {{$ref: s{i + 1}.yaml}}"
    files[f"s{count}.yaml"] = "type: string"

    assert (
        len(read_description(write(tmp_path, files)).document["components"]["schemas"]) == count + 1
    )


def test_a_long_row_of_bare_references_is_followed(tmp_path: Path) -> None:
    count = 2000
    names = "\n".join(f"n{i}: {{$ref: '#/n{i + 1}'}}" for i in range(count))
    files = {
        "o.yaml": f"{HEAD}paths:\n  /a: {{get: {{{SCHEMA_OF.format('s.yaml#/n0')}}}}}\n",
        "s.yaml": f"{names}\nn{count}: {{type: string}}\n",
    }

    schemas = read_description(write(tmp_path, files)).document["components"]["schemas"]

    assert {name: schema for name, schema in schemas.items() if "$ref" not in schema} == {
        f"n{count}": {"type": "string"}
    }


def test_the_limits_are_the_callers(tmp_path: Path) -> None:
    item = f"get: {{{FINE}}}"
    path = write(
        tmp_path,
        {
            "o.yaml": f"{HEAD}paths: {{/a: {{$ref: a.yaml}}, /b: {{$ref: a.yaml}}}}\n",
            "a.yaml": item,
        },
    )

    assert read_description(path, limits=Limits(max_alias_nodes=5)).operations
    (fault,) = faults_of(lambda: read_description(path, limits=Limits(max_alias_nodes=4)))
    assert fault.rule == "alias-budget"
