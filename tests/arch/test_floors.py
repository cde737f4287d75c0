"""Dependencies point down only: the contracts of import-linter hold."""

import subprocess
import sys
from pathlib import Path

from tests.arch.sources import ROOT


def test_the_floors_hold(tmp_path: Path) -> None:
    linter = Path(sys.executable).with_name("lint-imports")

    checked = subprocess.run(
        [linter, "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout[-4000:] + checked.stderr
    assert "0 broken." in checked.stdout
