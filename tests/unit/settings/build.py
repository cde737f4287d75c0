"""Settings out of the four places they come from."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.errors import SettingsError
from gateway.settings import Settings, load_settings


def settings(
    *,
    flags: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    file: Mapping[str, Any] | None = None,
) -> Settings:
    """Join what is given; the rest are defaults."""
    return load_settings(flags=flags or {}, environment=environment or {}, file=file or {})


def complaint(
    *,
    flags: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    file: Mapping[str, Any] | None = None,
) -> str:
    """What is said of settings that stop the start."""
    with pytest.raises(SettingsError) as caught:
        settings(flags=flags, environment=environment, file=file)
    return str(caught.value)
