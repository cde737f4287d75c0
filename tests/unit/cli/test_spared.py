"""What libraries only name is left out while they are imported, and there for whoever calls it."""

import subprocess
import sys

import pytest


def _said(program: str) -> str:
    """What a program prints in a fresh interpreter."""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


_NAMED = """
import sys
from gateway.cli.spared import sparing
with sparing():
    import connexion.json_schema, connexion.apps.abstract
"""


def test_what_is_named_is_not_loaded() -> None:
    said = _said(_NAMED + "print('requests' in sys.modules, 'httpx2' in sys.modules)")

    assert said == "False False"


@pytest.mark.parametrize(
    "called",
    [
        pytest.param("connexion.apps.abstract.TestClient(print).__class__.__module__", id="class"),
        pytest.param("connexion.json_schema.requests.Request('GET').__module__", id="package"),
    ],
)
def test_what_is_called_after_all_is_loaded(called: str) -> None:
    said = _said(_NAMED + f"print({called})")

    assert said in {"starlette.testclient", "requests.models"}


def test_whoever_imports_it_later_gets_the_module_itself() -> None:
    said = _said(
        _NAMED + "import requests, httpx._main\nprint(type(requests), requests.get.__name__)"
    )

    assert said == "<class 'module'> get"


def test_what_was_imported_before_stays() -> None:
    said = _said(
        "import requests, sys\nbefore = requests\n"
        + _NAMED
        + "print(requests is before, sys.modules['requests'] is before)"
    )

    assert said == "True True"
