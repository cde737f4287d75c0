"""A document is replaced whole, with its mode and owner, and never over somebody else's change."""

import os
import stat
from pathlib import Path

import pytest

from gateway.edge.editor.disk import ChangedOnDiskError, OnDisk, read_disk, replace_on_disk


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "songs.yaml"
    file.write_bytes(b"old")
    return file


def test_the_octets_are_replaced_by_a_rename_and_nothing_is_left_over(file: Path) -> None:
    before = file.stat().st_ino

    saved = replace_on_disk(str(file), b"new", etag=read_disk(str(file)).etag)

    assert (file.read_bytes(), saved.etag) == (b"new", OnDisk(b"new").etag)
    assert file.stat().st_ino != before
    assert [path.name for path in file.parent.iterdir()] == ["songs.yaml"]


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o640])
def test_mode_and_owner_stay(file: Path, mode: int) -> None:
    file.chmod(mode)
    if os.geteuid() == 0:
        os.chown(file, 12345, 23456)
    owner = (file.stat().st_uid, file.stat().st_gid)

    replace_on_disk(str(file), b"new", etag=OnDisk(b"old").etag)

    now = file.stat()
    assert (stat.S_IMODE(now.st_mode), now.st_uid, now.st_gid) == (mode, *owner)


def test_a_link_is_followed_to_what_it_points_to(file: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = elsewhere / "openapi.yaml"
    link.symlink_to(file)

    replace_on_disk(str(link), b"new", etag=OnDisk(b"old").etag)

    assert link.is_symlink()
    assert not file.is_symlink()
    assert file.read_bytes() == b"new"
    assert [path.name for path in elsewhere.iterdir()] == ["openapi.yaml"]


def test_a_file_that_somebody_changed_is_left_alone(file: Path) -> None:
    file.write_bytes(b"theirs")

    with pytest.raises(ChangedOnDiskError) as raised:
        replace_on_disk(str(file), b"new", etag=OnDisk(b"old").etag)

    assert raised.value.disk.data == b"theirs"
    assert file.read_bytes() == b"theirs"


def test_a_rename_that_fails_leaves_the_old_file_and_no_other(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder.yaml"
    folder.mkdir()

    with pytest.raises(OSError, match="directory"):
        replace_on_disk(str(folder), b"new", etag="")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.yaml", "songs.yaml"]
