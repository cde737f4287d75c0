"""Puts a run into the documentation: `python -m benchmarks.publish benchmarks/results/latest.json`.

Without a file, picture and tables are made anew from the figures that are there.
"""

import json
import shutil
import sys

from benchmarks.page import with_figures
from benchmarks.picture import draw
from benchmarks.workshop import ROOT

_FOLDER = ROOT / "docs" / "explanation"
PAGE = _FOLDER / "performance.md"
FIGURES = _FOLDER / "performance.json"
PICTURE = _FOLDER / "performance.svg"


def main() -> None:
    """Copy the figures, draw the picture, write the tables of the page anew."""
    if len(sys.argv) > 1:
        shutil.copyfile(sys.argv[1], FIGURES)
    document = json.loads(FIGURES.read_text(encoding="utf-8"))
    PICTURE.write_text(draw(document), encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_figures(text, document), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}, {PICTURE.name} and {FIGURES.name} are of {document['made']}")


if __name__ == "__main__":
    main()
