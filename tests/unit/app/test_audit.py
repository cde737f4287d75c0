"""Where audit lines go: a file of SCOPEGATE_HOME that its owner alone can read."""

import logging
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.errors import UsageError
from gateway.ops.audit import AUDIT_LOGGER, write_audit_to


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    """The audit logger, left as it was found."""
    logger = logging.getLogger(AUDIT_LOGGER)
    before = (logger.handlers[:], logger.level, logger.propagate)
    yield logger
    for handler in logger.handlers:
        handler.close()
    logger.handlers[:], logger.level, logger.propagate = before
    logger.setLevel(before[1])


def test_audit_lines_are_appended_to_a_private_file(logger: logging.Logger, tmp_path: Path) -> None:
    write_audit_to(tmp_path)
    logger.info('{"event": "first"}')
    write_audit_to(tmp_path)
    logger.info('{"event": "second"}')

    file = tmp_path / "audit.log"
    assert file.read_text() == '{"event": "first"}\n{"event": "second"}\n'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_audit_lines_go_to_the_file_told_last(
    logger: logging.Logger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()

    write_audit_to(one)
    write_audit_to(other)
    logger.info("{}")

    assert (one / "audit.log").read_text() == ""
    assert (other / "audit.log").read_text() == "{}\n"
    assert capsys.readouterr() == ("", "")


def test_a_file_that_cannot_be_opened_stops_the_start(
    logger: logging.Logger, tmp_path: Path
) -> None:
    (tmp_path / "audit.log").mkdir()

    with pytest.raises(UsageError, match=r"audit\.log: .*; audit lines go there$"):
        write_audit_to(tmp_path)


def test_a_file_that_is_gone_costs_no_request_its_answer(
    logger: logging.Logger, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    write_audit_to(home)
    shutil.rmtree(home)

    logger.info("a line")

    assert "audit lines cannot be written: No such file or directory" in caplog.text
