"""Smuggling: octets that two readers could cut in two ways.

Each is sent to `scopegate serve` with a request hidden behind it; a 404 would be its answer.
"""

from collections.abc import Iterator

import pytest

from tests.advisories.octets import CLOSE, HOST, is_refusal, talk
from tests.e2e.servers import SONGS, Server, serving

#: what a smuggler wants to be read as a request of its own
HIDDEN = b"GET /nothing HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"
GET = b"GET /songs HTTP/1.1\r\n"
POST = b"POST /songs HTTP/1.1\r\n" + HOST
CHUNKED = b"Transfer-Encoding: chunked"
ZERO = b"0\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(SONGS, "--mock", folder=tmp_path_factory.mktemp("smuggling")) as running:
        yield running


@pytest.fixture(scope="module")
def authorization(server: Server) -> bytes:
    return b"Authorization: Bearer " + server.token("read create").encode() + b"\r\n"


BOTH_LENGTHS = {
    "CL then TE": b"Content-Length: 4\r\n" + CHUNKED,
    "TE then CL": CHUNKED + b"\r\nContent-Length: 4",
    "CL of nothing and TE": b"Content-Length: 0\r\n" + CHUNKED,
    "CL and a TE that is none": b"Content-Length: 4\r\nTransfer-Encoding: x",
    "TE that is none, and CL": b"Transfer-Encoding: x\r\nContent-Length: 4",
    "CL and an empty TE": b"Content-Length: 4\r\nTransfer-Encoding:",
    "CL and TE after a bare LF": b"Content-Length: 4\r\nX: y\n" + CHUNKED,
    "CL and TE after a bare CR": b"Content-Length: 4\r\nX: y\r" + CHUNKED,
    "CL and TE in a folded line": b"Content-Length: 4\r\nX: y\r\n " + CHUNKED,
    "CL and TE after a NUL": b"Content-Length: 4\r\nX: y\x00" + CHUNKED,
}
CODINGS = {
    f"TE {value!r}": b"Transfer-Encoding:" + value
    for value in (
        *(b" xchunked", b" chunked, chunked", b" identity", b" chunked,", b" ,chunked", b""),
        *(b" chunked;q=1", b' "chunked"', b" gzip, chunked", b" chunked, gzip", b" \x0bchunked"),
        *(b" chunked\x00", b" identity, chunked", b" ch\xb5nked", b" chunked x", b"\r\n chunked"),
        *(b" chunked\r\n\tx", b" chunke", b" chunked\r", b" \xc2\xa0chunked", b" 1"),
    )
} | {
    "TE: a space before the colon": b"Transfer-Encoding : chunked",
    "TE: a tab before the colon": b"Transfer-Encoding\t: chunked",
    "TE: a space before the name": b" Transfer-Encoding: chunked",
    "TE twice": CHUNKED + b"\r\n" + CHUNKED,
    "TE twice, identity last": CHUNKED + b"\r\nTransfer-Encoding: identity",
    "TE twice, identity first": b"Transfer-Encoding: identity\r\n" + CHUNKED,
    "TE without a colon": b"Transfer-Encoding chunked",
}
LENGTHS = {
    f"CL {value[:40]!r}": b"Content-Length:" + value
    for value in (
        *(b" +5", b" 5, 5", b" 5,5", b" 5, 6", b" 0x5", b"", b" ", b" -1", b" -5", b" 5 5", b" 5;"),
        *(b" 5.0", b" 5e0", b" 5\x00", b" five", b" \xd9\xa5", b" 5\tx", b" 0_5", b" 5\r\n 5"),
        *(b" 9999999999999999999999", b" " + b"0" * 9000 + b"5"),
        *(b" 99999999999999999999", b" 18446744073709551616", b" 18446744073709551621"),
        *(b" 5\r\nContent-Length: 5", b" 5\r\nContent-Length: 6", b" 0\r\nContent-Length: 5"),
    )
} | {"CL: a space before the colon": b"Content-Length : 5"}


@pytest.mark.parametrize(
    "fields",
    [*BOTH_LENGTHS.values(), *CODINGS.values(), *LENGTHS.values()],
    ids=[*BOTH_LENGTHS, *CODINGS, *LENGTHS],
)
def test_a_body_whose_end_is_doubtful_is_refused_and_hides_nothing(
    server: Server, authorization: bytes, fields: bytes
) -> None:
    head = POST + authorization + fields + b"\r\n\r\n"

    answers = [talk(server.port, head + body + HIDDEN).answers for body in (ZERO, b"hello")]

    for answer in answers:
        assert [one.status for one in answer] == [400]
        assert is_refusal(answer[0])


PLAIN_ENDS = {
    "TE chunked": (CHUNKED, ZERO),
    "TE in capitals": (b"TRANSFER-ENCODING: CHUNKED", ZERO),
    "TE after spaces and a tab": (b"Transfer-Encoding: \t chunked", ZERO),
    "TE before a space": (b"Transfer-Encoding: chunked ", ZERO),
    "TE in another name": (b"Transfer_Encoding: chunked", b""),
    "CL 5": (b"Content-Length: 5", b"hello"),
    "CL 05": (b"Content-Length: 05", b"hello"),
    "CL ' 5 '": (b"Content-Length:  5 ", b"hello"),
    "CL after a tab": (b"Content-Length:\t5", b"hello"),
    "CL in 19 digits": (b"Content-Length: " + b"5".zfill(19), b"hello"),
    "CL in another name": (b"Content-Length: 5\r\nContent_Length: 6", b"hello"),
    "CL 0": (b"Content-Length: 0", b""),
    "no body": (b"X: y", b""),
}


@pytest.mark.parametrize(("fields", "body"), PLAIN_ENDS.values(), ids=PLAIN_ENDS)
def test_a_body_whose_end_is_plain_is_taken_and_the_next_request_begins_behind_it(
    server: Server, authorization: bytes, fields: bytes, body: bytes
) -> None:
    sent = POST + authorization + fields + b"\r\n\r\n" + body + HIDDEN

    assert talk(server.port, sent).statuses == [201, 404]


def test_a_length_of_20_digits_that_fits_is_no_body_that_is_waited_for(server: Server) -> None:
    sent = POST + b"Content-Length: 12345678901234567890\r\n\r\nhello" + HIDDEN

    answers = talk(server.port, sent).answers

    assert [answer.status for answer in answers] == [401]
    assert is_refusal(answers[0])


def test_http_1_0_has_no_chunks(server: Server) -> None:
    sent = b"POST /songs HTTP/1.0\r\n" + CHUNKED + b"\r\n\r\n" + ZERO + HIDDEN

    assert talk(server.port, sent).statuses == [400]


BAD_CHUNKS = {
    "a size in 0x": b"0x2\r\n{}\r\n" + ZERO,
    "a negative size": b"-1\r\n{}\r\n" + ZERO,
    "a size with a plus": b"+2\r\n{}\r\n" + ZERO,
    "a size with an underscore": b"0_2\r\n{}\r\n" + ZERO,
    "a space after the size": b"2 \r\n{}\r\n" + ZERO,
    "a tab after the size": b"2\t\r\n{}\r\n" + ZERO,
    "a space before the size": b" 2\r\n{}\r\n" + ZERO,
    "a size that is none": b"g\r\n{}\r\n" + ZERO,
    "no size": b"\r\n{}\r\n" + ZERO,
    "a size over 64 bits": b"FFFFFFFFFFFFFFFFF\r\n{}\r\n" + ZERO,
    "a size of 2 over 64 bits": b"10000000000000002\r\n{}\r\n" + ZERO,
    "no CRLF after a chunk": b"2\r\n{}" + ZERO,
    "something else after a chunk": b"2\r\n{}XX" + ZERO,
    "an LF after a chunk": b"2\r\n{}\n" + ZERO,
    "a CR after a chunk": b"2\r\n{}\r" + ZERO,
    "a chunk longer than its size": b"1\r\n{}\r\n" + ZERO,
    "a chunk shorter than its size": b"3\r\n{}\r\n" + ZERO,
    "an LF after the size": b"2\n{}\r\n" + ZERO,
    "a CR after the size": b"2\r{}\r\n" + ZERO,
    "an LF after the last size": b"2\r\n{}\r\n0\n\r\n",
    "an LF at the end": b"2\r\n{}\r\n0\r\n\n",
    "two LFs at the end": b"2\r\n{}\r\n0\n\n",
    "an extension that ends in LF": b"2;a\n{}\r\n" + ZERO,
    "an extension that holds a CR": b"2;a\rb\r\n{}\r\n" + ZERO,
    "an extension that holds a NUL": b"2;a\x00\r\n{}\r\n" + ZERO,
    "an extension without end": b"2;" + b"a" * 100_000 + b"\r\n{}\r\n" + ZERO,
    "100,000 empty extensions": b"2" + b";" * 100_000 + b"\r\n{}\r\n" + ZERO,
    "a trailer that changes the coding": b"2\r\n{}\r\n0\r\n" + CHUNKED + b"\r\n\r\n",
    "a trailer that tells a length": b"2\r\n{}\r\n0\r\nContent-Length: 50\r\n\r\n",
    "a trailer with a space before the colon": b"2\r\n{}\r\n0\r\nX : y\r\n\r\n",
    "a trailer that holds a bare CR": b"2\r\n{}\r\n0\r\nX: y\rz\r\n\r\n",
    "a trailer that holds a NUL": b"2\r\n{}\r\n0\r\nX: y\x00\r\n\r\n",
    "a trailer that is a request": b"2\r\n{}\r\n0\r\n" + HIDDEN,
}


@pytest.mark.parametrize("body", BAD_CHUNKS.values(), ids=BAD_CHUNKS)
def test_odd_chunks_are_refused_and_hide_nothing(
    server: Server, authorization: bytes, body: bytes
) -> None:
    head = POST + authorization + CHUNKED + b"\r\n\r\n"

    answers = talk(server.port, head + body + HIDDEN).answers

    assert [answer.status for answer in answers] == [400]
    assert is_refusal(answers[0])


PLAIN_CHUNKS = {
    "one chunk": b"2\r\n{}\r\n" + ZERO,
    "two chunks": b"1\r\n{\r\n1\r\n}\r\n" + ZERO,
    "zeros before the size": b"0000000000000000000002\r\n{}\r\n" + ZERO,
    "two zeros at the end": b"2\r\n{}\r\n00\r\n\r\n",
    "an extension": b"2;ext\r\n{}\r\n" + ZERO,
    "a quoted extension": b'2;a="b;c"\r\n{}\r\n' + ZERO,
    "a trailer": b"2\r\n{}\r\n0\r\nX: y\r\n\r\n",
    "a Host in the trailer": b"2\r\n{}\r\n0\r\nHost: evil.example\r\n\r\n",
    "a chunk of line breaks": b"8\r\n\r\n\r\n\r\n\r\n\r\n" + ZERO,
    "a chunk that looks like an end": b"5\r\n0\r\n\r\n\r\n" + ZERO,
    "a chunk that is a request": b"%x\r\n%b\r\n" % (len(HIDDEN), HIDDEN) + ZERO,
}


@pytest.mark.parametrize("body", PLAIN_CHUNKS.values(), ids=PLAIN_CHUNKS)
def test_plain_chunks_are_taken_and_the_next_request_begins_behind_them(
    server: Server, authorization: bytes, body: bytes
) -> None:
    head = POST + authorization + CHUNKED + b"\r\n\r\n"

    assert talk(server.port, head + body + HIDDEN).statuses == [201, 404]


FIELDS = {
    "obs-fold with a space": b"X: a\r\n b: c",
    "obs-fold with a tab": b"X: a\r\n\tb: c",
    "a space before the first name": b" X: a",
    "a space before a colon": b"X : a",
    "a tab before a colon": b"X\t: a",
    "no name": b": a",
    "no colon": b"X",
    "a name that is no token": b"X(: a",
    "a name beyond ASCII": b"X\xff: a",
    "a NUL in a name": b"X\x00Y: a",
    "a NUL in a value": b"X: a\x00b",
    "a bare CR in a value": b"X: a\rb: c",
    "a bare CR in a name": b"X\rY: a",
    "two CRs": b"X: a\r\r\nY: b",
    "a bare LF": b"X: a\nY: b",
    "a bare LF and an end": b"X: a\n\nGET /nothing HTTP/1.1",
    "an LF in the end of the head": b"X: a\r\n\n",
    "a control in a value": b"X: a\x01b",
    "a vertical tab in a value": b"X: a\x0bb",
    "a DEL in a value": b"X: a\x7fb",
    "an upgrade": b"Connection: upgrade\r\nUpgrade: websocket",
    "an upgrade to HTTP/2": b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c",
    "two upgrades": b"Connection: upgrade\r\nUpgrade: a\r\nUpgrade: b",
    "an upgrade that closes": b"Connection: upgrade\r\nConnection: close\r\nUpgrade: x",
}


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_a_field_that_two_readers_could_cut_in_two_ways_is_refused(
    server: Server, authorization: bytes, field: bytes
) -> None:
    sent = GET + HOST + authorization + field + b"\r\n\r\n" + HIDDEN

    answers = talk(server.port, sent).answers

    assert [answer.status for answer in answers] == [400]
    assert is_refusal(answers[0])


HOP_FIELDS = {
    "Connection twice": b"Connection: keep-alive\r\nConnection: keep-alive",
    "Connection names Host": b"Connection: host",
    "Connection names Authorization": b"Connection: authorization",
    "Keep-Alive twice": b"Keep-Alive: timeout=300\r\nKeep-Alive: max=1",
    "TE twice": b"TE: trailers\r\nTE: gzip",
    "Proxy-Connection": b"Proxy-Connection: keep-alive",
    "Upgrade that Connection does not name": b"Upgrade: websocket",
    "Trailer": b"Trailer: Authorization",
    "an expectation": b"Expect: 200-ok",
    "octets beyond ASCII in a value": b"X: a\xffb",
}


@pytest.mark.parametrize("field", HOP_FIELDS.values(), ids=HOP_FIELDS)
def test_hop_by_hop_fields_change_neither_the_decision_nor_the_end_of_a_request(
    server: Server, authorization: bytes, field: bytes
) -> None:
    sent = GET + HOST + authorization + field + b"\r\n\r\n" + GET + HOST + field + b"\r\n\r\n"

    assert talk(server.port, sent + HIDDEN).statuses == [200, 401, 404]


def test_nothing_is_read_behind_a_request_that_is_the_last(server: Server) -> None:
    last = GET + HOST + CLOSE + b"\r\n"

    assert talk(server.port, last + HIDDEN).statuses == [401]
    assert talk(server.port, last + b"\x00garbage\r\n\r\n").statuses == [401]
