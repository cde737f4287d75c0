"""An operationId names one operation, wherever it is written."""

from pathlib import Path

import pytest

from gateway.spec.read import read_description
from tests.unit.spec.writing import HEAD, faults_of, load, messages, rules, write

FINE = "responses: {default: {description: fine}}"


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        pytest.param(
            f"/a: {{get: {{operationId: x, {FINE}}}}}\n  /b: {{put: {{operationId: x, {FINE}}}}}",
            ["5:27 duplicate-operation-id"],
            id="of two paths",
        ),
        pytest.param(
            f"/a:\n    get: {{operationId: x, {FINE}}}\n    put: {{operationId: x, {FINE}}}",
            ["6:24 duplicate-operation-id"],
            id="of two methods",
        ),
        pytest.param(
            f"/a: &a {{get: {{operationId: x, {FINE}}}}}\n  /b: *a",
            ["4:30 duplicate-operation-id"],
            id="of an alias",
        ),
        pytest.param(
            f"/a: {{get: {{operationId: x, {FINE}, callbacks: {{c: {{u: {{post:\n"
            f"      {{operationId: x, {FINE}}}}}}}}}}}}}",
            ["5:21 duplicate-operation-id"],
            id="of a callback",
        ),
    ],
)
def test_two_operations_with_one_operation_id_do_not_load(paths: str, expected: list[str]) -> None:
    assert rules(f"{HEAD}paths:\n  {paths}\n") == expected


def test_a_duplicate_names_the_first_place() -> None:
    item = f"{{get: {{operationId: x, {FINE}}}}}"
    text = f"{HEAD}paths:\n  /a: {item}\n  /b: {item}\n"

    assert messages(text).endswith("`x` is the operationId of two operations (first at -:4:27)")


def test_operation_ids_in_another_case_are_two() -> None:
    item = f"{{get: {{operationId: x, {FINE}}}, put: {{operationId: X, {FINE}}}}}"
    text = f"{HEAD}paths:\n  /a: {item}\n"

    assert len(load(text).operations) == 2


def test_one_operation_at_two_paths_has_its_operation_id_twice(tmp_path: Path) -> None:
    files = {
        "o.yaml": f"{HEAD}paths: {{/a: {{$ref: i.yaml}}, /b: {{$ref: i.yaml}}}}\n",
        "i.yaml": f"get: {{operationId: x, {FINE}}}",
    }

    path = write(tmp_path, files)
    (fault,) = faults_of(lambda: read_description(path))
    assert str(fault).startswith(f"{tmp_path}/i.yaml:1:20: error duplicate-operation-id")


def test_one_callback_of_two_operations_has_its_operation_id_once(tmp_path: Path) -> None:
    operation = f"{{callbacks: {{c: {{'{{$url}}': {{$ref: i.yaml}}}}}}, {FINE}}}"
    path = write(
        tmp_path,
        {
            "o.yaml": f"{HEAD}paths: {{/a: {{get: {operation}, put: {operation}}}}}\n",
            "i.yaml": f"post: {{operationId: x, {FINE}}}",
        },
    )

    assert [operation.key for operation in read_description(path).operations] == [
        "GET /a",
        "PUT /a",
    ]
