"""The matrix in Chromium: ticks, filters, a token that goes nowhere, a thousand operations."""

import json
from collections.abc import Iterator

import pytest

from benchmarks.documents import large_document
from tests.e2e.judges.browser import Window
from tests.e2e.judges.node import Script
from tests.e2e.servers import Server, serving

pytestmark = [
    pytest.mark.proof,
    pytest.mark.service("node"),
    pytest.mark.service("chromium"),
]

MATRIX = "/-/matrix"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A gateway with a thousand operations and two hundred scopes."""
    folder = tmp_path_factory.mktemp("large")
    document = folder / "large.json"
    document.write_text(json.dumps(large_document(1000)), "utf-8")
    with serving(document, folder=folder) as server:
        yield server


def opened(script: Script, server: Server, *, javascript: bool = True) -> Window:
    callback = script.ask("open", javascript=javascript)["callback"]
    return Window(script, server.url, callback, has_scripts=javascript)


def scope(window: Window, label: str, *, ticked: bool = True) -> None:
    window.tick(f'input[name="as"][value="{label}"]', ticked=ticked)


def counted(window: Window) -> str:
    (told,) = window.text_of("#count")
    return told


def states(window: Window) -> list[str]:
    """What is said of the operations that are shown."""
    return [told.strip() for told in window.text_of("tr:not([hidden]) .state") if told.strip()]


def test_ticking_scopes_lights_up_what_they_open(browser_script: Script, demo: Server) -> None:
    window = opened(browser_script, demo)
    assert window.goto(MATRIX) == 200
    before = counted(window)

    scope(window, "read")
    scope(window, "write")

    assert before == "0 of 21 open to anyone"
    assert counted(window) == "6 of 21 open with read and write"
    assert len(window.text_of("tr.opens")) == 6
    assert "○ lacks create" in states(window)
    window.assert_kept_to_itself()


def test_a_link_keeps_what_is_seen(browser_script: Script, demo: Server) -> None:
    window = opened(browser_script, demo)
    window.goto(MATRIX)
    scope(window, "read")
    browser_script.ask("choose", name="Tag", value="songs")
    window.fill("Method or path holds", "get")
    told, seen, link = counted(window), states(window), browser_script.ask("address")

    window = opened(browser_script, demo)
    window.goto(link.removeprefix(demo.url))

    assert link == f"{demo.url}{MATRIX}#as=read&tag=songs&path=get"
    assert counted(window) == told == "5 of 21 open with read; 2 shown, 2 of them open"
    assert states(window) == seen == ["● open", "● open"]


def test_the_form_without_scripts_says_the_same(browser_script: Script, demo: Server) -> None:
    window = opened(browser_script, demo, javascript=False)
    window.goto(MATRIX)
    scope(window, "read")
    scope(window, "write")
    window.fill("Method or path holds", "songs")

    window.follow("button", "Show")
    plain = counted(window), states(window)
    window = opened(browser_script, demo)
    window.goto(f"{MATRIX}#as=read&as=write&path=songs")

    assert plain == (counted(window), states(window))
    assert plain[0] == "6 of 21 open with read and write; 9 shown, 2 of them open"


def test_a_pasted_token_ticks_its_scopes_and_goes_nowhere(
    browser_script: Script, demo: Server
) -> None:
    token = demo.token("read albums")
    window = opened(browser_script, demo)
    window.goto(MATRIX)
    asked = len(browser_script.ask("seen")["requests"])
    browser_script.ask("click", selector="#paste summary")

    window.fill("Access token (a JWT)", token)

    assert counted(window).endswith("open with read and albums")
    (told,) = window.text_of("#token-told")
    assert told.startswith(f"Not verified. It says: issuer {demo.url}/o, subject client:")
    assert "refuses" not in told
    assert browser_script.ask("value_of", selector="#token") == ""
    assert len(browser_script.ask("seen")["requests"]) == asked
    assert browser_script.ask("address").endswith("#as=read&as=albums")
    kept = browser_script.ask("kept")
    assert (kept["cookies"], kept["storage"]) == ([], "[{},{},null]")
    # axe-core too looks at the page as it is now
    assert window.faults() == []


@pytest.mark.parametrize("text", ["opaque", "a.b.c"])
def test_what_is_no_token_is_told_so(browser_script: Script, demo: Server, text: str) -> None:
    window = opened(browser_script, demo)
    window.goto(f"{MATRIX}#as=read")
    browser_script.ask("click", selector="#paste summary")

    window.fill("Access token (a JWT)", text)

    assert window.text_of("#token-told") == [
        "This is no JWT; an opaque token says nothing of itself."
    ]
    assert counted(window) == "5 of 21 open with read"


def test_the_keyboard_does_it_all(browser_script: Script, demo: Server) -> None:
    window = opened(browser_script, demo)
    window.goto(MATRIX)

    window.tab_to("as", "create")
    window.press("Space")
    window.tab_to("path")
    window.type("post")
    ticked = counted(window)
    window.tab_to("", "Clear all")
    window.press("Enter")

    assert ticked == "1 of 21 open with create; 4 shown, 1 of them open"
    assert counted(window) == "0 of 21 open to anyone"
    assert browser_script.ask("address") == f"{demo.url}{MATRIX}"


def test_the_head_of_a_column_is_a_place_for_the_mouse(
    browser_script: Script, demo: Server
) -> None:
    window = opened(browser_script, demo)
    window.goto(MATRIX)

    browser_script.ask("click", selector='th[data-column="read"]')

    assert counted(window) == "5 of 21 open with read"
    assert window.text_of("th[data-held]") == ["read"]


def test_a_thousand_operations_answer(browser_script: Script, large: Server) -> None:
    window = opened(browser_script, large)
    # not by `goto`, which lets axe-core look: for so many rows it takes a minute
    browser_script.ask("goto", url=f"{large.url}{MATRIX}#as=read")
    alone = counted(window)

    window.fill("Find a scope", "account0:")
    scope(window, "account0:write")
    window.fill("Method or path holds", "/account0s/")

    assert alone == "200 of 1000 open with read"
    assert (
        counted(window) == "204 of 1000 open with read and account0:write; 5 shown, 5 of them open"
    )
    assert states(window) == ["● open"] * 5
    window.assert_kept_to_itself()
