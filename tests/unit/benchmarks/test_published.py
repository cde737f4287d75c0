"""The page and the picture are made from the figures beside them."""

import json
import xml.etree.ElementTree as ElementTree

from benchmarks.page import with_figures
from benchmarks.picture import draw
from benchmarks.publish import FIGURES, PAGE, PICTURE

DOCUMENT = json.loads(FIGURES.read_text(encoding="utf-8"))


def test_the_picture_is_drawn_from_the_figures() -> None:
    assert PICTURE.read_text(encoding="utf-8") == draw(DOCUMENT)


def test_the_tables_of_the_page_are_written_from_the_figures() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert with_figures(text, DOCUMENT) == text
    assert text.count("<!-- end -->") == 4


def test_other_figures_make_another_page_and_another_picture() -> None:
    faster = json.loads(json.dumps(DOCUMENT))
    for figure in faster["figures"]:
        figure["cpu_us"] /= 1 + len(figure["server"])

    text = PAGE.read_text(encoding="utf-8")
    assert with_figures(text, faster) != text
    assert draw(faster) != draw(DOCUMENT)


def test_the_picture_is_well_formed_and_has_a_bar_a_figure_it_shows() -> None:
    drawn = ElementTree.parse(PICTURE).getroot()  # noqa: S314 -- a file of ours

    figures = [f for f in DOCUMENT["figures"] if f["row"] in {"get", "post", "new-token"}]
    shown = [figure for figure in figures if figure["server"] != "nginx"]
    assert len(drawn.findall("{http://www.w3.org/2000/svg}rect")) == len(shown)
    assert "prefers-color-scheme: dark" in PICTURE.read_text(encoding="utf-8")


def test_the_published_figures_are_of_the_product_beside_its_peers() -> None:
    servers = {figure["server"] for figure in DOCUMENT["figures"]}

    assert {"floor", "scopegate", "connexion", "fastapi"} <= servers
    assert all(figure["wrong"] == 0 for figure in DOCUMENT["figures"])
