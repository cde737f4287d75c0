"""Large documents, and those of many files, are read whole and say the same in YAML and JSON."""

import json
from pathlib import Path

import pytest

from benchmarks.documents import as_yaml, large_document, of_keys_or_tokens, write_folder
from gateway.spec.read import read_description
from tests.unit.spec.writing import load


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_document_says_the_same_in_yaml_and_in_json(version: str) -> None:
    document = large_document(23, version=version, properties=2)

    from_yaml, from_json = load(as_yaml(document)), load(json.dumps(document, indent=1))

    assert from_yaml.document == from_json.document == document
    assert len(from_yaml.operations) == 23
    assert len(from_json.operations[0].security.requirements) == 3


def test_seven_hundred_and_thirty_two_lists_of_a_key_or_a_token_are_read() -> None:
    description = load(as_yaml(of_keys_or_tokens(732)))

    lists = {
        tuple(entry.scheme for item in operation.security.requirements for entry in item.schemes)
        for operation in description.operations
    }
    assert len(description.operations) == 732
    assert lists == {("key", "oauth")}


def test_a_description_of_many_files_is_the_one_of_its_single_file(tmp_path: Path) -> None:
    path = write_folder(tmp_path, 176)

    description = read_description(str(path))

    single = load(as_yaml(large_document(440)))
    assert len(description.operations) == 440
    assert [operation.key for operation in description.operations] == [
        operation.key for operation in single.operations
    ]
    assert description.schemes.keys() == single.schemes.keys()
    assert [
        operation.security.requirements[0].schemes[0].names for operation in description.operations
    ] == [operation.security.requirements[0].schemes[0].names for operation in single.operations]
    assert len(description.document["components"]["schemas"]) == 88


def test_an_operation_of_a_file_knows_the_line_in_that_file(tmp_path: Path) -> None:
    path = write_folder(tmp_path, 4)

    operation = read_description(str(path)).operations[0]

    assert operation.origin.file.endswith("paths/account0.yaml")
    line = Path(operation.origin.file).read_text().splitlines()[operation.origin.line - 1]
    assert line == "get:"
