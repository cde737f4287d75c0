"""What no file of the project says: where packages come from, and where it was written."""

import re

import pytest

from tests.arch.sources import project_texts

_INDEXES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bpypi\.(?:org|python)",
        r"\bpythonhosted\.",
        r"\bregistry\.npmjs",
        r"--(?:extra-)?index-url",
        r"^\s*(?:extra-)?index-url\s*=",
        r'"resolved":\s*"https?:',
        r"https?://\S+\.(?:whl|tar\.gz)\b",
    )
]
#: a checkout's absolute path tells of one machine alone
_MACHINES = re.compile(r"(?<![\w.:/~-])/(?:work|root|home|workspace|mnt|Users)/[\w.]")


def test_no_file_names_a_package_index() -> None:
    assert _lines_with(*_INDEXES) == []


def test_no_file_names_a_place_on_one_machine() -> None:
    assert _lines_with(_MACHINES) == []


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("pip install --index" + "-url https://example.org/simple x", id="option"),
        pytest.param("https://example.org/a-1.0" + ".whl", id="wheel"),
    ],
)
def test_an_index_is_recognised(line: str) -> None:
    assert any(pattern.search(line) for pattern in _INDEXES)


@pytest.mark.parametrize("place", ["work", "home", "root"])
def test_a_place_on_one_machine_is_recognised(place: str) -> None:
    assert _MACHINES.search(f"see /{place}/somebody/project")
    assert not _MACHINES.search(f"see https://example.org/{place}/somebody")


def _lines_with(*patterns: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in project_texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if any(pattern.search(line) for pattern in patterns)
    ]
