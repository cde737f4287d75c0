"""What the document commands share: SPEC, settings from the surroundings, the document loaded."""

import os
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from gateway.cli.demo_document import demo_settings, is_demo_document
from gateway.errors import SettingsError, UsageError
from gateway.load import LoadedDocument, load_document
from gateway.settings import Settings, load_settings, parse_settings_file
from gateway.spec.compact import read_compactly
from gateway.spec.file_source import FileSource
from gateway.spec.limits import Limits
from gateway.spec.model import ApiDescription, SchemeName
from gateway.spec.read import read_description

SETTINGS_FILE = "scopegate.toml"
_SPEC_ENDINGS = (".yaml", ".yml", ".json")
_DEFAULT_SPECS = ("openapi.yaml", "openapi/openapi.yaml")


def split_spec(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """Take SPEC from the front: a first argument that ends like a document, or is `-`."""
    if arguments and (arguments[0] == "-" or arguments[0].lower().endswith(_SPEC_ENDINGS)):
        return arguments[0], list(arguments[1:])
    return None, list(arguments)


def settings_here(flags: Mapping[str, object]) -> Settings:
    """The settings as flags, this process's environment and ./scopegate.toml give them.

    The document that comes with Scopegate brings its own file along where there is none.
    """
    given = {name: _written(value) for name, value in flags.items() if value is not None}
    found = _settings_file(Path(SETTINGS_FILE))
    settings = _load(given, found or {}, SETTINGS_FILE)
    if found is None and settings.spec and is_demo_document(settings.spec):
        own = demo_settings()
        return _load(given, _settings_file(own) or {}, str(own))
    return settings


def _load(given: Mapping[str, str], file: Mapping[str, Any], file_name: str) -> Settings:
    return load_settings(flags=given, environment=os.environ, file=file, file_name=file_name)


def read_spec(settings: Settings, *, source: FileSource | None = None) -> ApiDescription:
    """Read the document that the settings name, or the one at a usual place."""
    limits = Limits(max_bytes=settings.spec_max_bytes)
    return read_description(
        spec_path(settings),
        stdin=sys.stdin.buffer.read,
        limits=limits,
        source=source,
        tolerate=settings.tolerate,
    )


def load_spec(
    settings: Settings,
    *,
    taken_as_bound: Collection[SchemeName] = (),
    source: FileSource | None = None,
) -> LoadedDocument:
    """Read and compile the document that the settings name, from the disk or from a source."""
    description = read_spec(settings, source=source)
    return load_document(description, settings, taken_as_bound=taken_as_bound)


def load_spec_to_keep(settings: Settings, *, source: FileSource | None = None) -> LoadedDocument:
    """The same for a process that keeps it for long: it takes less memory, and more time."""
    return load_document(read_compactly(lambda: read_spec(settings, source=source)), settings)


def spec_path(settings: Settings) -> str:
    """The path of the document; raises UsageError where none is named and none is found."""
    found = settings.spec or usual_spec()
    if found is None:
        raise UsageError(
            "there is no openapi.yaml here and no openapi/openapi.yaml; name the document, or set "
            "SCOPEGATE_SPEC"
        )
    return found


def usual_spec() -> str | None:
    """The document at a usual place below the current folder, if there is one."""
    return next((name for name in _DEFAULT_SPECS if Path(name).is_file()), None)


def _settings_file(path: Path) -> Mapping[str, Any] | None:
    """The tables of a settings file; None: there is no such file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from error
    return parse_settings_file(text, name=str(path))


def _written(value: object) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)
