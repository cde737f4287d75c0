"""How commands talk: results on stdout, talk on stderr, JSON where it is asked for."""

import json
import os
import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any

import typer

from gateway.spec.wording import counted as counted
from gateway.spec.wording import plain as plain


class Format(StrEnum):
    """The forms of a result."""

    TEXT = "text"
    JSON = "json"


def new_app(help_text: str, *, completes: bool = False) -> typer.Typer:
    """A Typer application as all of ours are: `-h` too, and no traceback that shows variables.

    Only the whole command installs its completion (`completes`).
    """
    return typer.Typer(
        add_completion=completes,
        help=help_text,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def say(line: str = "") -> None:
    """Print a line of the result; colour goes where no terminal is."""
    typer.echo(line, color=_colour(sys.stdout))


def remark(line: str) -> None:
    """Print a line of talk."""
    typer.echo(line, err=True, color=_colour(sys.stderr))


def complain(message: str) -> None:
    """Print what makes a call unusable."""
    remark(f"{typer.style('error', fg='red', bold=True)}: {message}")


def say_json(value: dict[str, Any]) -> None:
    """Print a result for machines; `schema` says by which agreement."""
    typer.echo(json.dumps({"schema": 1, **value}, ensure_ascii=False, indent=2))


def as_called() -> str:
    """The command as the user called it, for hints that work as typed."""
    called = sys.argv[0] if sys.argv and Path(sys.argv[0]).name == "scopegate" else "scopegate"
    try:
        relative = os.path.relpath(called)
    except ValueError:
        relative = called
    shown = called if "/" not in called else min(relative, called, key=len)
    return shlex.quote(shown)


def is_on_terminal() -> bool:
    """Whether the result goes to a person's terminal."""
    return sys.stdout.isatty()


def _colour(stream: Any) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR")
