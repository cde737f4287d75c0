"""A version of the OAS that is not read is refused in one clear line."""

import pytest

from tests.unit.spec.writing import load, messages, rules


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("openapi: 3.3.0\n", "1:10", "OAS 3.3 is not read; OAS 3.0, 3.1, 3.2 are"),
        ("openapi: 4.0.0\n", "1:10", "OAS 4.0 is not read; OAS 3.0, 3.1, 3.2 are"),
        (
            "swagger: '2.0'\n",
            "1:1",
            "Swagger 2.0 is not read; convert the document, OAS 3.0, 3.1, 3.2 are",
        ),
        ("openapi: 3.0\n", "1:10", '`openapi` must be a text in quotes, as in `openapi: "3.0.3"`'),
        ("openapi: [3]\n", "1:10", '`openapi` must be a text in quotes, as in `openapi: "3.0.3"`'),
        ("openapi: '3.0'\n", "1:10", '`3.0` is no version of the OAS; write "3.0.3" in full'),
        (
            "openpi: 3.0.0\n",
            "1:1",
            "`openapi` is missing, is this an OpenAPI document, did you mean",
        ),
        ("a: 3.0.0\n", "1:1", "`openapi` is missing, is this an OpenAPI document?"),
        ("- 1\n", "1:1", "an OpenAPI document is an object with `openapi`, `info`, `paths`"),
        ("hello\n", "1:1", "an OpenAPI document is an object with `openapi`, `info`, `paths`"),
    ],
)
def test_another_version_is_refused_in_one_line(text: str, place: str, said: str) -> None:
    assert rules(text) == [f"{place} version"]
    assert said in messages(text)


@pytest.mark.parametrize("version", ["3.0.0", "3.0.4", "3.1.0", "3.1.2", "3.2.0", "3.2.1-draft"])
def test_every_patch_of_the_three_versions_is_read(version: str) -> None:
    text = f'openapi: {version}\ninfo: {{title: t, version: "1"}}\npaths: {{}}\n'

    assert load(text).openapi == version
