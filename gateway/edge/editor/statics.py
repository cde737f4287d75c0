"""The files of the editor: our own, and those of Swagger Editor that a package brings."""

from collections.abc import Mapping
from importlib.resources import files

from gateway.edge.swagger_files import read_swagger_file

BASE = "/-/editor"
_STYLE, _SCRIPT = b"text/css; charset=utf-8", b"text/javascript; charset=utf-8"
_OWN: Mapping[str, bytes] = {
    **dict.fromkeys(("editor.css", "frame.css"), _STYLE),
    **dict.fromkeys(("editor.js", "talk.js", "shown.js", "merge.js", "lines.js"), _SCRIPT),
    **dict.fromkeys(("frame.js", "storage.js"), _SCRIPT),
}
_BUNDLE: Mapping[str, bytes] = {
    "swagger-editor.css": _STYLE,
    "swagger-editor-bundle.js": _SCRIPT,
}
#: path -> its Content-Type
FILES: Mapping[str, bytes] = {f"{BASE}/{name}": kind for name, kind in {**_OWN, **_BUNDLE}.items()}
#: what the frame asks for, whose origin is `null`
FRAME_FILES = frozenset(
    f"{BASE}/{name}" for name in (*_BUNDLE, "frame.css", "frame.js", "storage.js")
)


def read_static(path: str) -> bytes:
    """The octets of one of the files."""
    name = path.rpartition("/")[2]
    if name in _BUNDLE:
        return read_swagger_file(name)
    return (files("gateway.edge.editor") / "static" / name).read_bytes()
