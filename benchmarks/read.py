"""Prints how long reading takes: `python -m benchmarks.read`."""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.documents import as_yaml, large_document, of_keys_or_tokens, write_folder
from gateway.spec.read import read_description


def main() -> None:
    """Write each document, read it once, and print the processor time that took."""
    with TemporaryDirectory() as folder:
        for name, path in _documents(Path(folder)):
            begin = time.process_time()
            description = read_description(str(path))
            seconds = time.process_time() - begin
            size = sum(file.stat().st_size for file in path.parent.rglob("*")) / 1e6
            count = len(description.operations)
            print(f"{name:44} {size:6.1f} MB {count:6} operations {seconds:6.2f} s")


def _documents(folder: Path) -> Iterator[tuple[str, Path]]:
    thousand = large_document(1000)
    large = large_document(1200, properties=450)
    yield "1,000 operations, YAML", _write(folder / "a", "o.yaml", as_yaml(thousand))
    yield "1,000 operations, JSON", _write(folder / "b", "o.json", _json(thousand))
    yield "1,200 operations, YAML", _write(folder / "c", "o.yaml", as_yaml(large))
    yield "1,200 operations, JSON", _write(folder / "d", "o.json", _json(large))
    arrays = large_document(1500, version="3.1.0")
    yield "3.1 with 900 type arrays, YAML", _write(folder / "e", "o.yaml", as_yaml(arrays))
    keys = of_keys_or_tokens(732)
    yield (
        "732 operations with a key or a token, YAML",
        _write(folder / "f", "o.yaml", as_yaml(keys)),
    )
    yield "177 files", write_folder(folder / "g", 177)
    yield "700 files", write_folder(folder / "h", 700)


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2)


def _write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir()
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


if __name__ == "__main__":
    main()
