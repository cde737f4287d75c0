"""How a main process hands its workers the editor key: in a file of a folder for them alone."""

from pathlib import Path

from gateway.edge.editor.key import EditorKey

_FILE = "editor-key"


def give_key(folder: Path, key: EditorKey) -> None:
    """Leave the key in a folder that nobody else may look into."""
    file = folder / _FILE
    file.touch(mode=0o600)
    file.write_text(key.secret, encoding="ascii")


def take_key(folder: Path) -> EditorKey:
    """The key that the main process left."""
    return EditorKey((folder / _FILE).read_text(encoding="ascii"))
