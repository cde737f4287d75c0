"""What is not known is refused, with the nearest name that is."""

import difflib
from collections.abc import Collection

from gateway.errors import SettingsError


def refuse_unknown(name: str, known: Collection[str], place: str) -> None:
    """Raise SettingsError for a name that is not among the known ones."""
    if name not in known:
        near = difflib.get_close_matches(name, list(known), 1, 0.0)[0]
        raise SettingsError(f"{place}: unknown setting `{name}`; did you mean `{near}`?")
