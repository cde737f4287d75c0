"""What the document commands share: SPEC, settings from the surroundings, the document loaded."""

import os
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from gateway.errors import SettingsError, UsageError
from gateway.load import LoadedDocument, load_document
from gateway.settings import Settings, load_settings, parse_settings_file
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
    """The settings as flags, this process's environment and ./scopegate.toml give them."""
    given = {name: _written(value) for name, value in flags.items() if value is not None}
    return load_settings(
        flags=given,
        environment=os.environ,
        file=_settings_file(),
        file_name=SETTINGS_FILE,
    )


def read_spec(settings: Settings) -> ApiDescription:
    """Read the document that the settings name, or the one at a usual place."""
    limits = Limits(max_bytes=settings.spec_max_bytes)
    return read_description(spec_path(settings), stdin=sys.stdin.buffer.read, limits=limits)


def load_spec(settings: Settings, *, taken_as_bound: Collection[SchemeName] = ()) -> LoadedDocument:
    """Read and compile the document that the settings name."""
    return load_document(read_spec(settings), settings, taken_as_bound=taken_as_bound)


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


def _settings_file() -> Mapping[str, Any]:
    try:
        text = Path(SETTINGS_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{SETTINGS_FILE}: cannot be read: {error}") from error
    return parse_settings_file(text, name=SETTINGS_FILE)


def _written(value: object) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)
