"""Sums up a run of the fuzzer over all workers, as hooks of pytest that a conftest takes over."""

import time
from collections.abc import Callable

import pytest

from tests.fuzz.budget import ASKED, SEED
from tests.fuzz.ledger import Ledger
from tests.fuzz.report import is_short, report

#: the name under which a test's report carries its ledger from worker to controller
PROPERTY = "fuzz"
_SHOWN_FINDINGS = 3
_STARTED = pytest.StashKey[float]()


def hand_in(ledger: Ledger, record: Callable[[str, object], None]) -> None:
    """Record the ledger of a test, and fail the test if there is a finding in it."""
    record(PROPERTY, ledger.to_text())
    if ledger.findings:
        shown = "\n".join(str(finding) for finding in ledger.findings[:_SHOWN_FINDINGS])
        found = f"findings: {len(ledger.findings)}, the first of them:\n{shown}"
        pytest.fail(found, pytrace=False)


def pytest_configure(config: pytest.Config) -> None:
    """Note when the run began."""
    config.stash[_STARTED] = time.monotonic()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that made fewer requests than it was asked for has failed."""
    ledger = _all(session.config)
    if ledger.requests and is_short(ledger, ASKED) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the report, if there was anything to count."""
    ledger = _all(config)
    if ledger.requests:
        terminalreporter.section("fuzz")
        seconds = time.monotonic() - config.stash[_STARTED]
        for line in report(ledger, seconds=seconds, seed=SEED, asked=ASKED):
            terminalreporter.line(line)


def _all(config: pytest.Config) -> Ledger:
    """The ledgers of all tests, wherever they ran; workers have no terminal, and sum up nothing."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    reports = [] if terminal is None else [r for found in terminal.stats.values() for r in found]
    texts = [
        text
        for told in reports
        if isinstance(told, pytest.TestReport) and told.when == "call"
        for name, text in told.user_properties
        if name == PROPERTY
    ]
    return Ledger().add(Ledger.from_text(str(text)) for text in texts)
