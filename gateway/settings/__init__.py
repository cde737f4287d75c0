"""The settings: what can be set, each value with where it came from."""

from gateway.settings.load import load_settings, parse_settings_file
from gateway.settings.loopback import is_loopback_host, is_loopback_url
from gateway.settings.values import (
    SECRET_KEYS,
    SIGNING_ALGORITHMS,
    CertificateSettings,
    SchemeSettings,
    Settings,
)

__all__ = [
    "SECRET_KEYS",
    "SIGNING_ALGORITHMS",
    "CertificateSettings",
    "SchemeSettings",
    "Settings",
    "is_loopback_host",
    "is_loopback_url",
    "load_settings",
    "parse_settings_file",
]
