"""The servers that the judges look at, one on each kind of database, and the judges."""

from collections.abc import Callable, Iterator

import pytest

from tests.e2e.judges.authlib_client import AuthlibJudge
from tests.e2e.judges.browser import Window
from tests.e2e.judges.judge import Judge, Registered
from tests.e2e.judges.live import NODE, POSTGRESQL, Live, live_demo, own_database
from tests.e2e.judges.node import NodeJudge, Script, running
from tests.e2e.judges.oauthlib_client import OauthlibJudge
from tests.e2e.servers import Server


@pytest.fixture(
    scope="session",
    params=["sqlite", pytest.param("postgresql", marks=[POSTGRESQL, pytest.mark.proof])],
)
def live(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """The demo on each kind of database."""
    folder = tmp_path_factory.mktemp(request.param)
    with own_database(request.param) as database, live_demo(folder, database) as living:
        yield living


@pytest.fixture(scope="session")
def oauth4webapi(node: str) -> Iterator[Script]:
    """The script of that library, waiting for questions."""
    with running(node, "oauth4webapi.mjs") as script:
        yield script


@pytest.fixture(scope="session")
def openid_client(node: str) -> Iterator[Script]:
    """The script of that library, waiting for questions."""
    with running(node, "openid_client.mjs") as script:
        yield script


@pytest.fixture(
    params=[
        pytest.param("oauth4webapi", marks=NODE),
        pytest.param("openid_client", marks=NODE),
        "authlib",
        "oauthlib",
    ]
)
def judge(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Registered], Judge]:
    """Makes a judge at work for a client, each library in turn."""
    match request.param:
        case "authlib":
            return AuthlibJudge
        case "oauthlib":
            # It refuses plain http, even to this machine, unless it is told otherwise.
            monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
            # It warns of any scope but the one asked for, also where the user gave less.
            monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
            return OauthlibJudge
    script: Script = request.getfixturevalue(request.param)
    return lambda client: NodeJudge(script, client)


@pytest.fixture(scope="session")
def browser_script(node: str, chromium: str) -> Iterator[Script]:
    """The browser, waiting for somebody."""
    with running(node, "chromium.mjs", chromium) as script:
        yield script


@pytest.fixture(scope="session")
def looked_at() -> set[tuple[str, str, str]]:
    """The pages that axe-core saw, which takes its time; several tests come by most of them."""
    return set()


@pytest.fixture(
    params=[
        pytest.param(True, id="scripts", marks=pytest.mark.proof),
        pytest.param(False, id="no-scripts"),
    ]
)
def window(
    request: pytest.FixtureRequest,
    browser_script: Script,
    demo: Server,
    looked_at: set[tuple[str, str, str]],
) -> Iterator[Window]:
    """A new window, with JavaScript and without; whatever is done there stays on this machine."""
    callback = browser_script.ask("open", javascript=request.param)["callback"]
    opened = Window(
        browser_script, demo.url, callback, has_scripts=request.param, looked_at=looked_at
    )
    yield opened
    opened.assert_kept_to_itself()
