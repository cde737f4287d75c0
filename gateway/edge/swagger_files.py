"""The files of Swagger UI and Swagger Editor, as the installed swagger-ui-py carries them."""

from importlib.metadata import distribution
from pathlib import Path

#: its Python is never imported: it is there for the files alone
_DISTRIBUTION = "swagger-ui-py"
_STATIC = "swagger_ui/static"


def read_swagger_file(name: str) -> bytes:
    """The octets of one file, `swagger-ui-bundle.js` for one."""
    return Path(str(distribution(_DISTRIBUTION).locate_file(f"{_STATIC}/{name}"))).read_bytes()
