"""The files that /docs and /editor are made of are there."""

import pytest

from gateway.edge.swagger_files import read_swagger_file


@pytest.mark.parametrize("name", ["swagger-ui-bundle.js", "swagger-ui.css"])
def test_a_file_of_swagger_ui_is_read_where_it_is_installed(name: str) -> None:
    assert len(read_swagger_file(name)) > 100_000


def test_a_file_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(FileNotFoundError):
        read_swagger_file("swagger-ui.exe")
