"""Documents are opened in one folder, up to a size, as UTF-8, and nothing is fetched."""

import os
from pathlib import Path

import pytest

from gateway.errors import UsageError
from gateway.spec.files import decode, parse_text
from gateway.spec.limits import Limits
from gateway.spec.node import plain
from gateway.spec.read import read_description
from tests.unit.spec.writing import EMPTY, HEAD, faults_of, write


def referring(location: str) -> str:
    return f"{HEAD}paths:\n  /a: {{$ref: '{location}'}}\n"


def refusal(path: str) -> str:
    (fault,) = faults_of(lambda: read_description(path))
    assert fault.rule == "reference"
    return fault.message


def test_a_document_is_named_as_the_caller_named_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"apis/o.yaml": HEAD + "paths: {/a: {get: {responses: {default: {}}}}}\n"})
    monkeypatch.chdir(tmp_path)

    (fault,) = faults_of(lambda: read_description("apis/o.yaml"))

    assert str(fault.origin) == "apis/o.yaml:3:32"


def test_a_file_inside_the_folder_is_named_in_the_same_spirit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = "get:\n  responses: {default: {description: fine}}\n"
    files = {"apis/o.yaml": referring("./p/../p/a.yaml"), "apis/p/a.yaml": item}
    write(tmp_path, files)
    monkeypatch.chdir(tmp_path)

    (operation,) = read_description("apis/o.yaml").operations

    assert str(operation.origin) == "apis/p/a.yaml:1:1"


def test_standard_input_is_handed_in() -> None:
    description = read_description("-", stdin=lambda: EMPTY.encode())

    assert description.file == "-"
    with pytest.raises(UsageError):
        read_description("-")


@pytest.mark.parametrize(
    ("missing", "offer"),
    [
        ("openapi.yml", "there is no file `{}`, did you mean `openapi.yaml`?"),
        ("Openapi.json", "there is no file `{}`, did you mean `openapi.yaml`?"),
        ("zzz.yaml", "there is no file `{}`"),
        ("no/such/folder.yaml", "there is no file `{}`"),
    ],
)
def test_a_missing_document_offers_the_nearest(tmp_path: Path, missing: str, offer: str) -> None:
    write(tmp_path, {"openapi.yaml": EMPTY, "openapi.yml.txt": ""})
    path = str(tmp_path / missing)

    with pytest.raises(UsageError) as caught:
        read_description(path)

    assert str(caught.value) == offer.format(path)


def test_what_is_no_readable_file_is_a_wrong_call(tmp_path: Path) -> None:
    for path, reason in (
        (str(tmp_path), "is a folder; name the document in it"),
        ("x" * 5000, "cannot be read: file name too long"),
        ("a\0b.yaml", "cannot be read: embedded null byte"),
    ):
        with pytest.raises(UsageError, match=reason):
            read_description(path)


def test_the_limit_is_on_the_bytes_of_all_files_together(tmp_path: Path) -> None:
    item = "get: {responses: {default: {description: fine}}}\n"
    path = write(tmp_path, {"o.yaml": referring("a.yaml"), "a.yaml": item})
    size = (tmp_path / "o.yaml").stat().st_size + (tmp_path / "a.yaml").stat().st_size

    assert read_description(path, limits=Limits(max_bytes=size)).operations
    (fault,) = faults_of(lambda: read_description(path, limits=Limits(max_bytes=size - 1)))
    assert (fault.rule, fault.origin.file) == ("size", str(tmp_path / "a.yaml"))


@pytest.mark.parametrize(
    ("data", "place"),
    [
        pytest.param(b"a: \xff\n", (1, 4), id="no UTF-8 byte"),
        pytest.param("é: 1\nüb: ".encode() + b"\xc3(\n", (2, 5), id="columns are characters"),
        pytest.param(b"\xef\xbb\xbfa: \xff\n", (1, 4), id="a byte order mark takes no column"),
        pytest.param(b"\xed\xa0\x80", (1, 1), id="a surrogate"),
        pytest.param("a: 1".encode("utf-16"), (1, 1), id="UTF-16"),
    ],
)
def test_only_utf_8_is_read(data: bytes, place: tuple[int, int]) -> None:
    (fault,) = faults_of(lambda: decode(data, file="a.yaml"))

    assert fault.rule == "encoding"
    assert (fault.origin.line, fault.origin.column) == place


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode("\ufeffa: é".encode(), file="a.yaml") == "a: é"


@pytest.mark.parametrize(
    ("file", "text", "value"),
    [
        pytest.param("a.yaml", "a: no", {"a": "no"}, id="YAML"),
        pytest.param("a.yaml", '{"a": "\\ud83d\\ude00"}', {"a": "\U0001f600"}, id="JSON in YAML"),
        pytest.param("-", '\n {"a": "\\/"}', {"a": "/"}, id="JSON on standard input"),
        pytest.param("a.yml", "{a: b, 'c': [d]}", {"a": "b", "c": ["d"]}, id="YAML with braces"),
        pytest.param("a.JSON", '{"a": 1}', {"a": 1}, id="JSON by its name"),
    ],
)
def test_the_name_or_the_text_tells_json_from_yaml(file: str, text: str, value: object) -> None:
    assert plain(parse_text(text, file=file, limits=Limits())) == value


def test_yaml_in_a_json_file_is_refused() -> None:
    (fault,) = faults_of(lambda: parse_text("a: 1", file="a.json", limits=Limits()))

    assert fault.message == "not JSON: a value is expected here, not `a`"


def test_a_fault_of_json_is_not_looked_for_again_in_yaml() -> None:
    text = '{"a": 1, "a": 2}'
    (fault,) = faults_of(lambda: parse_text(text, file="a.yaml", limits=Limits()))

    assert fault.rule == "duplicate-key"


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/a.yaml",
        "https://example.com/a.yaml#/a",
        "file:///etc/passwd",
        "FILE:a.yaml",
        "//example.com/a.yaml",
        "/etc/passwd",
        "\\\\\\\\host\\\\a.yaml",
        "c:/a.yaml",
    ],
)
def test_nothing_is_fetched_and_no_path_is_absolute(tmp_path: Path, location: str) -> None:
    path = write(tmp_path, {"o.yaml": referring(location)})

    assert refusal(path).endswith("nothing is fetched, copy it")


@pytest.mark.parametrize(
    "location", ["../b.yaml", "in/../../b.yaml", "%2e%2e/b.yaml", "%2Fetc/hosts"]
)
def test_a_file_outside_the_folder_is_refused(tmp_path: Path, location: str) -> None:
    files = {"a/o.yaml": referring(location), "b.yaml": "get: {}", "a/in/c.yaml": ""}
    path = write(tmp_path, files)

    assert refusal(path) == f"`{location}` is outside the folder of the document"


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_followed(tmp_path: Path) -> None:
    item = "get: {responses: {default: {description: fine}}}\n"
    files = {"a/o.yaml": referring("out.yaml"), "a/p.yaml": referring("in.yaml")}
    write(tmp_path, {**files, "b.yaml": item, "a/real/c.yaml": item})
    (tmp_path / "a/out.yaml").symlink_to(tmp_path / "b.yaml")
    (tmp_path / "a/in.yaml").symlink_to("real/c.yaml")

    assert "is outside the folder" in refusal(str(tmp_path / "a/o.yaml"))
    assert read_description(str(tmp_path / "a/p.yaml")).operations


def test_an_entry_document_that_is_a_link_has_the_folder_it_is_named_in(tmp_path: Path) -> None:
    item = "get: {responses: {default: {description: fine}}}\n"
    write(tmp_path, {"a/..data/o.yaml": referring("b.yaml"), "a/..data/b.yaml": item})
    (tmp_path / "a/o.yaml").symlink_to("..data/o.yaml")
    (tmp_path / "a/b.yaml").symlink_to("..data/b.yaml")

    assert read_description(str(tmp_path / "a/o.yaml")).operations


def test_a_link_in_a_circle_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {"o.yaml": referring("x.yaml")})
    (tmp_path / "x.yaml").symlink_to("y.yaml")
    (tmp_path / "y.yaml").symlink_to("x.yaml")

    assert refusal(path)


def test_a_null_character_in_a_location_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {"o.yaml": referring("a%00b.yaml")})

    assert refusal(path).startswith("`a%00b.yaml` cannot be a file")


def test_a_missing_file_offers_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path, {"o.yaml": referring("pats.yaml"), "paths.yaml": ""})

    assert refusal(path) == "there is no file `pats.yaml`, did you mean `paths.yaml`?"


def test_a_pipe_is_no_file_to_refer_to(tmp_path: Path) -> None:
    path = write(tmp_path, {"o.yaml": referring("x.yaml")})
    os.mkfifo(tmp_path / "x.yaml")

    assert refusal(path).startswith("there is no file `x.yaml`")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, {"o.yaml": referring("x.yaml"), "x.yaml": ""})
    (tmp_path / "x.yaml").chmod(0)

    assert refusal(path).endswith("cannot be read: permission denied")


def test_standard_input_has_no_folder() -> None:
    text = referring("a.yaml").encode()
    (fault,) = faults_of(lambda: read_description("-", stdin=lambda: text))

    assert fault.message == "`a.yaml` cannot be found: standard input has no folder"


def test_a_broken_file_is_reported_once_in_its_own_lines(tmp_path: Path) -> None:
    paths = "paths:\n  /a: {$ref: x.yaml}\n  /b: {$ref: x.yaml}\n"
    path = write(tmp_path, {"o.yaml": HEAD + paths, "x.yaml": "get: {}\nget: {}\n"})

    (fault,) = faults_of(lambda: read_description(path))

    assert str(fault).startswith(f"{tmp_path}/x.yaml:2:1: error duplicate-key")
