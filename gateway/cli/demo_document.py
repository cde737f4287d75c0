"""The document that comes with Scopegate."""

import sys
from pathlib import Path

_DEMO_DOCUMENT = "openapi/openapi.yaml"


def is_demo_document(path: str) -> bool:
    """Whether a document is the one that comes with Scopegate, so that its handlers fit."""
    return path != "-" and Path(path).resolve() == demo_document().resolve()


def demo_document() -> Path:
    """Where the document is that comes with Scopegate: in a clone, or as installed data."""
    in_clone = Path(__file__).parents[2] / _DEMO_DOCUMENT
    return in_clone if in_clone.is_file() else Path(sys.prefix) / "share/scopegate" / _DEMO_DOCUMENT


def demo_settings() -> Path:
    """Where the settings are that go with that document."""
    return demo_document().parents[1] / "scopegate.toml"
