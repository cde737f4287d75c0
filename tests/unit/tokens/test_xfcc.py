"""Envoy's header reads in one way, or not at all."""

import pytest

from gateway.tokens.xfcc import MalformedXfccError, read_xfcc


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        pytest.param("Hash=ab", [[("hash", "ab")]], id="one-pair"),
        pytest.param(
            'By=spiffe://a;Hash=ab;Subject="CN=batch,O=Example";URI=spiffe://b',
            [
                [
                    ("by", "spiffe://a"),
                    ("hash", "ab"),
                    ("subject", "CN=batch,O=Example"),
                    ("uri", "spiffe://b"),
                ]
            ],
            id="as-envoy-writes-it",
        ),
        pytest.param("Hash=a,Hash=b", [[("hash", "a")], [("hash", "b")]], id="two-elements"),
        pytest.param('Subject=""', [[("subject", "")]], id="empty-and-quoted"),
        pytest.param("URI=", [[("uri", "")]], id="empty"),
        pytest.param(r'Subject="CN=a\"b"', [[("subject", 'CN=a"b')]], id="escaped-quote"),
        pytest.param(r'Subject="CN=a\,b"', [[("subject", r"CN=a\,b")]], id="escaped-comma"),
        pytest.param(r'Subject="CN=a\\"', [[("subject", r"CN=a\\")]], id="escaped-backslash"),
        pytest.param('Subject="a;b=c,d"', [[("subject", "a;b=c,d")]], id="signs-inside-quotes"),
    ],
)
def test_elements_and_pairs_are_told_apart(text: str, elements: list[object]) -> None:
    assert [list(element) for element in read_xfcc(text)] == elements


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hash",
        "=ab",
        "Hash=ab;",
        "Hash=ab,",
        ",Hash=ab",
        "Hash=ab;;By=x",
        'Subject="CN=a',
        'Subject="CN=a\\',
        'Subject="CN=a"x',
        'Subject="CN=a"xURI=spiffe://b',
        'Subject="CN=a" ;Hash=ab',
        "Subject=CN=a",
        'Subject=a"b',
        r'Subject="CN=a\\",O=evil"',
        "Ha sh=ab",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(MalformedXfccError):
        read_xfcc(text)
