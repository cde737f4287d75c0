"""What `scopegate serve` does: settle, build, introduce itself, run."""

import gc
import json
import os
import signal
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from socket import socket

from gateway.app.compose import Application, compose
from gateway.app.composition import Composition, Edited
from gateway.app.demo import DemoAccounts, fill_demo
from gateway.app.tokens import open_database
from gateway.cli.banner import banner_lines, demo_lines, sign_in_words, upstream_warnings
from gateway.cli.demo_document import demo_document, is_demo_document
from gateway.cli.document import (
    load_spec_to_keep,
    settings_here,
    spec_path,
    usual_spec,
)
from gateway.cli.editor_key import give_key, take_key
from gateway.cli.findings_told import finding_lines, unbound_lines
from gateway.cli.follow import follow
from gateway.cli.give_back import give_back
from gateway.cli.handing import Handed, Handing
from gateway.cli.hangups import hear_hangups
from gateway.cli.issuers import read_keys_at_start
from gateway.cli.listen import bind, run_one, run_workers
from gateway.cli.reload import Reloader, Start
from gateway.cli.talk import as_called, remark, say
from gateway.edge.editor.key import EditorKey, new_key
from gateway.errors import UsageError
from gateway.lint.document import findings_of
from gateway.load import LoadedDocument
from gateway.ops.audit import write_audit_to
from gateway.ops.console import ConsoleSink
from gateway.settings import Settings
from gateway.settings.addresses import host_and_port
from gateway.spec.file_source import FileSource, WorkingFiles
from gateway.spec.snapshot import RecordingFiles, Snapshot
from gateway.watch import Sinks

#: hands the choices of `serve` to its workers
_CHOICES = "_SCOPEGATE_SERVE"
#: objects made before cycles are looked for, and how often the older ones are; a request makes
#: hardly a cycle, and what is kept of tokens is many objects to walk through
_COLLECTIONS = (20_000, 20, 50)


@dataclass(frozen=True, slots=True)
class Choices:
    """What `serve` was told that is no setting."""

    mock: bool
    handlers: str | None
    quiet: bool
    #: the document is taken anew whenever its files change
    reload: bool = False


def serve(flags: dict[str, object], choices: Choices, *, demo: bool) -> None:
    """Serve a document until a signal ends it."""
    gc.freeze()  # what was imported stays, and no collection of the start need look at it
    settings = _settle(flags, demo=demo, reload=choices.reload)
    listeners, settings = _listen(settings, flags)
    files = RecordingFiles(WorkingFiles())
    key = new_key() if choices.reload else None
    application, accounts = build(settings, choices, demo=demo, source=files, key=key)
    start = Start(files.snapshot, frozenset(files.sought))
    read_keys_at_start(application)
    _introduce(application, settings, sign_in=sign_in_words(application, settings) if demo else "")
    if accounts is not None:
        for line in demo_lines(accounts, settings):
            say(line)
    _come_to_rest()
    if settings.workers == 1:
        Reloader(settings, application.reloading, start, watches=choices.reload).start()
        hear_hangups()
        run_one(application.served, listeners)
        return
    with (
        tempfile.TemporaryDirectory(prefix="workers-", dir=settings.home) as shared,
        tempfile.TemporaryDirectory(prefix="reload-", dir=settings.home) as handed,
    ):
        told = {"flags": flags, "choices": asdict(choices), "shared": shared, "handed": handed}
        os.environ[_CHOICES] = json.dumps(told)
        if key is not None:
            give_key(Path(handed), key)
        handing = Handing(Path(handed))
        handing.give(Handed(0, start.snapshot))
        reloader = Reloader(
            settings, application.reloading, start, watches=choices.reload, handing=handing
        )
        reloader.start()
        hear_hangups()
        run_workers(
            "gateway.cli.serve:worker", listeners, settings.workers, on_hangup=reloader.hang_up
        )


def _listen(settings: Settings, flags: dict[str, object]) -> tuple[list[socket], Settings]:
    """The sockets that are served, and the settings with the ports that were picked."""
    listeners = [bind(settings.host, settings.port)]
    if settings.port == 0:
        flags["port"] = listeners[0].getsockname()[1]
    if settings.admin_bind is not None:
        host, port = host_and_port(settings.admin_bind)
        listeners.append(bind(host, port))
        picked = listeners[1].getsockname()[1]
        flags["admin_bind"] = f"{settings.admin_bind.removesuffix(f':{port}')}:{picked}"
    return listeners, settings_here(flags)


def _settle(flags: dict[str, object], *, demo: bool, reload: bool = False) -> Settings:
    """The settings; the demo brings its document along where there is none."""
    settings = settings_here(flags)
    if demo and not settings.spec and usual_spec() is None:
        flags["spec"] = str(demo_document())
        settings = settings_here(flags)
    if demo and not settings.has_token_service:
        raise UsageError(
            "--demo brings accounts for the token service that is built in; leave out --issuer and "
            "--only gateway"
        )
    if settings.spec == "-" and reload:
        raise UsageError("standard input cannot be watched; name the document's file")
    if settings.spec == "-" and settings.workers > 1:
        raise UsageError("standard input can be read by one worker alone; name the document's file")
    return settings


def worker() -> object:
    """Build the application of one of several worker processes."""
    gc.freeze()
    told = json.loads(os.environ[_CHOICES])
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the main process reloads for all
    settings, choices = settings_here(told["flags"]), Choices(**told["choices"])
    handing = Handing(Path(told["handed"]))
    handed = handing.ruling()
    key = take_key(Path(told["handed"])) if choices.reload else None
    application, _ = build(
        settings,
        choices,
        demo=False,
        shared=Path(told["shared"]),
        source=handed.snapshot,
        key=key,
    )
    load = partial(_load_snapshot, settings)
    follow(handing, handed.number, application.reloading, load)
    _come_to_rest()
    return application.served


def _come_to_rest() -> None:
    """End a start: what it made stays, and no collection need look at it again."""
    gc.freeze()
    gc.collect()  # looks at nothing any more, but empties CPython's lists of spare objects
    give_back()
    gc.set_threshold(*_COLLECTIONS)
    gc.enable()


def _load_snapshot(settings: Settings, snapshot: Snapshot) -> LoadedDocument:
    return load_spec_to_keep(settings, source=snapshot)


def build(
    settings: Settings,
    choices: Choices,
    *,
    demo: bool,
    shared: Path | None = None,
    source: FileSource | None = None,
    key: EditorKey | None = None,
) -> tuple[Application, DemoAccounts | None]:
    """Everything that `serve` serves, and the demo's accounts if they were made now.

    With a key the document can be edited in the browser.
    """
    document = load_spec_to_keep(settings, source=source)
    engine = open_database(settings)
    composition = replace(
        _composition(settings, choices),
        audit=write_audit_to(settings.home),
        shared=shared,
        edited=None if key is None else Edited(spec_path(settings), key),
    )
    application = compose(document, settings, engine, composition=composition)
    accounts = fill_demo(application.tokens.administration, engine) if demo else None
    return application, accounts


def _composition(settings: Settings, choices: Choices) -> Composition:
    spec = spec_path(settings)

    def console(document: LoadedDocument) -> Sinks:
        return () if choices.quiet else (_console(spec, document, settings),)

    return Composition(
        handlers=choices.handlers,
        with_demo_handlers=is_demo_document(spec) and choices.handlers is None,
        mocks=choices.mock,
        sinks_for=console,
    )


def _console(spec: str, document: LoadedDocument, settings: Settings) -> ConsoleSink:
    return ConsoleSink(
        spec,
        document.description.base_path,
        as_called(),
        on_terminal=sys.stderr.isatty(),
        policy=document.policy,
        observes=settings.observe,
    )


def check(flags: dict[str, object], choices: Choices, *, demo: bool) -> None:
    """Build everything on a throwaway home, so that nothing is created or changed."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/scopegate.db"
        settings = _settle(
            {**flags, "home": folder, "database_url": database}, demo=demo, reload=choices.reload
        )
        application, _ = build(settings, choices, demo=False)
        _introduce(application, settings, are_keys_read=False)


def _introduce(
    application: Application, settings: Settings, *, sign_in: str = "", are_keys_read: bool = True
) -> None:
    findings = findings_of(application.document)
    spec = spec_path(settings)
    for line in finding_lines(findings):
        remark(line)
    for line in unbound_lines(application.document.description, settings, spec):
        remark(line)
    for warning in upstream_warnings(settings):
        remark(f"warning: {warning}")
    for line in banner_lines(
        application, settings, findings, spec, sign_in=sign_in, are_keys_read=are_keys_read
    ):
        say(line)
