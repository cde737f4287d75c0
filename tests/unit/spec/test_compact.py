"""A description that was written down and made anew says the same."""

from pathlib import Path

import pytest

from benchmarks.documents import as_yaml, large_document
from gateway.load import load_document
from gateway.spec.compact import MANY_OPERATIONS, read_compactly
from gateway.spec.model import ApiDescription
from gateway.spec.read import read_description
from tests.edge.gateway.world import settings_of


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_large_description_stays_what_it_was(tmp_path: Path, version: str) -> None:
    file = tmp_path / "openapi.yaml"
    file.write_text(as_yaml(large_document(MANY_OPERATIONS, version=version)), encoding="utf-8")
    read = read_description(str(file))

    kept = read_compactly(lambda: read_description(str(file)))

    assert kept == read
    assert [type(one) for one in kept.operations] == [type(one) for one in read.operations]
    digests = [load_document(one, settings_of()).policy.digest for one in (kept, read)]
    assert digests[0] == digests[1]


def test_what_stands_once_stands_once_again(tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"
    file.write_text(as_yaml(large_document(MANY_OPERATIONS)), encoding="utf-8")

    kept = read_compactly(lambda: read_description(str(file)))

    first, second = (operation.parameters[1] for operation in kept.operations[:2])
    assert first is second


def test_a_small_description_is_the_one_that_was_read(tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"
    file.write_text(as_yaml(large_document(5)), encoding="utf-8")
    made: list[ApiDescription] = []

    def read() -> ApiDescription:
        made.append(read_description(str(file)))
        return made[0]

    assert read_compactly(read) is made[0]
