"""The command `scopegate`: finds the command's module, runs it, turns what it raises into words."""

import errno
import gc
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import click
import typer

from gateway.cli.call_faults import fault_of_call
from gateway.cli.nearest import nearest
from gateway.cli.talk import complain, new_app, plain, remark
from gateway.errors import DocumentError, ScopegateError, UsageError
from scopegate import __version__

#: set by a shell that asks what could come next
_COMPLETION = "_SCOPEGATE_COMPLETE"
#: what shells answer for a command that Ctrl-C ended
_INTERRUPTED = 130
#: the result cannot be written
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


@dataclass(frozen=True, slots=True)
class _Family:
    """Where a command lives, and the line that the overview shows for it."""

    module: str
    summary: str


_FAMILIES: Mapping[str, _Family] = MappingProxyType(
    {
        "serve": _Family("serve", "Run the gateway with the token service mounted."),
        "lint": _Family("lint", "Say what is wrong with documents, and what to do about it."),
        "rule": _Family("rule", "Say why lint has a rule, what breaks it and what does not."),
        "routes": _Family("routes", "List the operations of a document and who may call them."),
        "explain": _Family("explain", "Say whether a request would pass, and why or why not."),
        "scopes-for": _Family("scopes_for", "Say which scopes open some operations, at the least."),
        "reach": _Family("reach", "List the operations that a set of scopes opens."),
        "matrix": _Family("matrix", "Show the operations against the scopes that open them."),
        "diff": _Family("diff", "Compare two documents by who may call what."),
        "log": _Family("log", "Tell which commit opened, moved or closed what."),
        "suggest": _Family("suggest", "Say what could be narrower, from an audit log."),
        "call": _Family("call", "Send a request to the running gateway with a fresh token."),
        "token": _Family("token", "Mint, inspect, revoke and purge tokens."),
        "user": _Family("user", "Create, list, change and delete users."),
        "group": _Family("group", "Create, list and delete groups."),
        "client": _Family("client", "Create, list and delete OAuth clients."),
        "apikey": _Family("apikey", "Create, list, revoke and delete API keys."),
        "login-link": _Family("login_link", "Make a link that signs a user in once."),
        "key": _Family("key", "List, rotate and retire the signing keys."),
        "db": _Family("db", "Bring the database up to date."),
        "settings": _Family("show_settings", "Show each setting and where it comes from."),
    }
)
_ALIASES = MappingProxyType(
    {
        "users": "user",
        "groups": "group",
        "clients": "client",
        "apikeys": "apikey",
        "keys": "key",
        "login-links": "login-link",
        "tokens": "token",
        "setting": "settings",
        "route": "routes",
        "rules": "rule",
    }
)


def main() -> None:
    """Run a command and exit: 0 good, 1 findings or denied, 2 unusable input.

    What a command makes lives as long as it does, so the collector of cycles would look in vain:
    a third of the time of `explain`. `serve` turns it on again when it is ready.
    """
    gc.disable()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command; the exit status."""
    try:
        _dispatch(arguments)
        sys.stdout.flush()
    except SystemExit as stop:
        if isinstance(stop.__context__, BrokenPipeError):  # Click took it for a reason to stop
            return UsageError.exit_status
        return stop.code if isinstance(stop.code, int) else 0
    except KeyboardInterrupt:
        return _INTERRUPTED
    except OSError as error:
        return _unsaid(error)
    except DocumentError as error:
        for fault in error.faults:
            remark(plain(str(fault)))
        return error.exit_status
    except ScopegateError as error:
        complain(str(error))
        return error.exit_status
    return 0


def _unsaid(error: OSError) -> int:
    """The result could not be written, so nobody may take the status for one."""
    is_output = isinstance(error, BrokenPipeError) or error.errno in _NO_ROOM
    if not is_output:
        raise error
    sys.stdout = None
    if not isinstance(error, BrokenPipeError):
        complain(f"the result cannot be written: {os.strerror(error.errno or 0).lower()}")
    return UsageError.exit_status


def _dispatch(arguments: Sequence[str]) -> None:
    """Import the one module that the first argument names, or show what there is."""
    name = _ALIASES.get(arguments[0], arguments[0]) if arguments else ""
    family = _FAMILIES.get(name)
    if family is None and name and not name.startswith("-") and _COMPLETION not in os.environ:
        raise UsageError(f"there is no command `{name}`{nearest(name, _FAMILIES)}")
    if family is None or _COMPLETION in os.environ:
        _run(_overview(loads_all=_COMPLETION in os.environ), arguments, name="scopegate")
    else:
        _run(_app_of(family), arguments[1:], name=f"scopegate {name}")


def _run(app: typer.Typer, arguments: Sequence[str], *, name: str) -> None:
    """Run an application; what is wrong with the call raises UsageError in our words."""
    try:
        status = app(list(arguments), prog_name=name, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        typer.echo(error.format_message())
        raise SystemExit(UsageError.exit_status) from error
    except click.ClickException as error:
        fault = fault_of_call(error)
        raise UsageError(fault if fault.endswith("?") else f"{fault}; see `{name} -h`") from error
    except click.exceptions.Abort as error:
        raise KeyboardInterrupt from error
    if isinstance(status, int) and status:
        raise SystemExit(status)


def _app_of(family: _Family) -> typer.Typer:
    app: typer.Typer = importlib.import_module(f"gateway.cli.{family.module}").app
    return app


def _overview(*, loads_all: bool) -> typer.Typer:
    """The whole command, for its help; commands are stubs unless all are loaded."""
    told = "One OpenAPI document, enforced: who may call what, exactly, provably and fast."
    root = new_app(told, completes=True)
    root.callback()(_root)
    for name, family in _FAMILIES.items():
        if loads_all:
            root.add_typer(_app_of(family), name=name, help=family.summary)
        else:
            root.command(name, help=family.summary)(_stub)
    return root


def _stub() -> None:
    """Stand in the overview for a command that was not imported."""


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"scopegate {__version__}")
        raise typer.Exit


def _root(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Show the version."
    ),
) -> None:
    """One OpenAPI document, enforced."""
    del version
