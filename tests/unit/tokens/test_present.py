from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Origin
from gateway.model import RequestFault
from gateway.spec.model import KeyPlace, SchemeKind, SchemeName, SecurityScheme
from gateway.tokens.present import (
    MAX_FIELDS,
    Presented,
    bearer_value,
    find,
    present,
    seek,
    sole_bearer,
)

ORIGIN = Origin("openapi.yaml", 1, 1)


def scheme(name: str, kind: SchemeKind) -> SecurityScheme:
    return SecurityScheme(SchemeName(name), kind, ORIGIN)


def key_scheme(name: str, place: KeyPlace, parameter: str | None) -> SecurityScheme:
    return SecurityScheme(
        SchemeName(name), SchemeKind.API_KEY, ORIGIN, place=place, parameter=parameter
    )


OAUTH = scheme("oauth", SchemeKind.OAUTH2)
BASIC = scheme("basic", SchemeKind.HTTP_BASIC)
DIGEST = scheme("digest", SchemeKind.UNSUPPORTED)
TLS = scheme("tls", SchemeKind.MUTUAL_TLS)
HEADER = key_scheme("header", KeyPlace.HEADER, "X-API-Key")
SAME_HEADER = key_scheme("same", KeyPlace.HEADER, "x-api-KEY")
QUERY = key_scheme("query", KeyPlace.QUERY, "key")
TOKEN_QUERY = key_scheme("token_query", KeyPlace.QUERY, "access_token")
COOKIE = key_scheme("cookie", KeyPlace.COOKIE, "session")
IN_AUTHORIZATION = key_scheme("raw", KeyPlace.HEADER, "Authorization")


def presented(
    schemes: Sequence[SecurityScheme], *headers: tuple[str, str], query: str = ""
) -> Presented:
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    return present(schemes, raw, query=query.encode())


def keys(**values: str) -> Presented:
    return Presented(keys={SchemeName(name): value for name, value in values.items()})


@pytest.mark.parametrize(
    "kind", [SchemeKind.OAUTH2, SchemeKind.OPENID_CONNECT, SchemeKind.HTTP_BEARER]
)
@pytest.mark.parametrize("auth_scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_a_bearer_token_is_presented_to_every_bearer_kind(
    kind: SchemeKind, auth_scheme: str
) -> None:
    found = presented([scheme("any", kind)], ("Authorization", f"{auth_scheme}  abc"))

    assert found == Presented(bearer="abc")


@pytest.mark.parametrize(
    ("schemes", "headers", "query", "expected"),
    [
        pytest.param([OAUTH], [], "", Presented(), id="nothing"),
        pytest.param([], [("Authorization", "Bearer a")], "", Presented(), id="public"),
        pytest.param([], [("Authorization", "a")] * 2, "", Presented(), id="public-two-headers"),
        pytest.param(
            [OAUTH], [("Authorization", "Basic YTpi")], "", Presented(), id="basic-bearer"
        ),
        pytest.param([BASIC], [("Authorization", "Bearer a")], "", Presented(), id="bearer-basic"),
        pytest.param(
            [BASIC], [("Authorization", "Bearer a b")], "", Presented(), id="not-looked-at"
        ),
        pytest.param(
            [BASIC], [("Authorization", "basic YTpi")], "", Presented(basic="YTpi"), id="basic"
        ),
        pytest.param([DIGEST, TLS], [("Authorization", "Digest a")], "", Presented(), id="digest"),
        pytest.param([OAUTH], [("Authorization", "Bearer")], "", Presented(), id="no-token"),
        pytest.param([OAUTH], [("Authorization", "Bearer  ")], "", Presented(), id="blank-token"),
        pytest.param([BASIC], [("Authorization", "Basic")], "", Presented(), id="no-basic"),
        pytest.param([OAUTH], [("Authorization", "")], "", Presented(), id="empty-header"),
        pytest.param([OAUTH], [("Authorization", "Bearer\ta")], "", Presented(), id="tab"),
        pytest.param([OAUTH], [("Authorization", "Bearera")], "", Presented(), id="no-space"),
        pytest.param([OAUTH], [("Authorization", "a.b.c")], "", Presented(), id="no-scheme"),
        pytest.param(
            [OAUTH], [("Authorization", "Bearer a,")], "", Presented(bearer="a,"), id="comma-stays"
        ),
        pytest.param(
            [OAUTH], [("Authorization", "Bearer \xff")], "", Presented(bearer="\xff"), id="octets"
        ),
        pytest.param(
            [OAUTH], [("X-Authorization", "Bearer a")], "", Presented(), id="other-header"
        ),
        pytest.param([OAUTH], [("Cookie", "Authorization=a")], "", Presented(), id="in-a-cookie"),
        pytest.param([OAUTH], [], "access_token=a", Presented(), id="query-token-is-none"),
        pytest.param([HEADER], [("x-api-key", " k ")], "", keys(header="k"), id="header-key"),
        pytest.param([HEADER], [("X-API_Key", "k")], "", Presented(), id="underscore"),
        pytest.param([HEADER], [("X-API-Key", "")], "", Presented(), id="empty-header-key"),
        pytest.param([HEADER], [("X-API-Key", "a, b")], "", keys(header="a, b"), id="one-value"),
        pytest.param(
            [HEADER, SAME_HEADER],
            [("X-API-Key", "k")],
            "",
            keys(header="k", same="k"),
            id="two-schemes-one-header",
        ),
        pytest.param([HEADER], [("Authorization", "a")] * 2, "", Presented(), id="unlooked-twice"),
        pytest.param([QUERY], [], "a=1&key=k%20%2B+x", keys(query="k + x"), id="query-key"),
        pytest.param([QUERY], [], "k%65y=v", keys(query="v"), id="query-name-escaped"),
        pytest.param([QUERY], [], "Key=v&key[]=v&ke=y", Presented(), id="query-other-names"),
        pytest.param([QUERY], [], "key=&key2=a", Presented(), id="query-empty"),
        pytest.param([QUERY], [], "key", Presented(), id="query-no-value"),
        pytest.param([QUERY], [], "a=1;key=v", Presented(), id="semicolon-parts-nothing"),
        pytest.param([QUERY], [], "key=%ff%zz", keys(query="\xff%zz"), id="query-bad-escapes"),
        pytest.param([QUERY], [("key", "v")], "", Presented(), id="query-key-in-header"),
        pytest.param(
            [COOKIE], [("Cookie", "a=1; session=v=w ; b")], "", keys(cookie="v=w"), id="cookie"
        ),
        pytest.param(
            [COOKIE],
            [("Cookie", "a=1"), ("Cookie", "session=v")],
            "",
            keys(cookie="v"),
            id="second",
        ),
        pytest.param(
            [COOKIE], [("Cookie", 'session="v"')], "", keys(cookie='"v"'), id="quotes-stay"
        ),
        pytest.param([COOKIE], [("Cookie", "Session=v; session")], "", Presented(), id="case"),
        pytest.param([COOKIE], [("Cookie", "a=1, session=v")], "", Presented(), id="comma"),
        pytest.param([COOKIE], [("Cookie", "session=")], "", Presented(), id="empty-cookie"),
        pytest.param(
            [IN_AUTHORIZATION], [("Authorization", "Key k")], "", keys(raw="Key k"), id="raw-key"
        ),
        pytest.param(
            [IN_AUTHORIZATION, OAUTH],
            [("Authorization", "Bearer a")],
            "",
            Presented(bearer="a"),
            id="bearer-takes-it",
        ),
        pytest.param(
            [IN_AUTHORIZATION, OAUTH],
            [("Authorization", "Key k")],
            "",
            keys(raw="Key k"),
            id="bearer-leaves-it",
        ),
        pytest.param(
            [key_scheme("nameless", KeyPlace.HEADER, None)], [("", "k")], "", Presented(), id="none"
        ),
        pytest.param(
            [TOKEN_QUERY, OAUTH],
            [("Authorization", "Bearer a")],
            "access_token=k",
            Presented(bearer="a", keys={SchemeName("token_query"): "k"}),
            id="declared-query-token-is-a-key",
        ),
        pytest.param(
            [OAUTH], [("Authorization", "Basic a")], "access_token=k", Presented(), id="no-bearer"
        ),
        pytest.param(
            [OAUTH], [("Authorization", "Bearer ")], "access_token=k", Presented(), id="no-bearer-2"
        ),
    ],
)
def test_only_what_the_schemes_look_at_is_presented(
    schemes: list[SecurityScheme],
    headers: list[tuple[str, str]],
    query: str,
    expected: Presented,
) -> None:
    assert presented(schemes, *headers, query=query) == expected


TWO_HEADERS = RequestFault.SEVERAL_AUTHORIZATION_HEADERS


@pytest.mark.parametrize(
    ("schemes", "headers", "query", "fault"),
    [
        pytest.param([OAUTH], [("Authorization", "Bearer a")] * 2, "", TWO_HEADERS, id="the-same"),
        pytest.param(
            [OAUTH],
            [("Authorization", "Basic a"), ("authorization", "Bearer a")],
            "",
            TWO_HEADERS,
            id="other-auth-scheme",
        ),
        pytest.param([BASIC], [("Authorization", "")] * 2, "", TWO_HEADERS, id="both-empty"),
        pytest.param(
            [IN_AUTHORIZATION], [("Authorization", "k")] * 2, "", TWO_HEADERS, id="as-api-key"
        ),
        *(
            pytest.param(
                [OAUTH],
                [("Authorization", f"Bearer {tokens}")],
                "",
                RequestFault.SEVERAL_TOKENS,
                id=f"tokens-{number}",
            )
            for number, tokens in enumerate(
                ["a, Bearer b", "a,Bearer b", "a b", "a,b", "a , b", "a\tb", "a a", "a Basic b"]
            )
        ),
        pytest.param(
            [BASIC],
            [("Authorization", "Basic YTpi, Bearer b")],
            "",
            RequestFault.SEVERAL_TOKENS,
            id="basic-and-bearer",
        ),
        *(
            pytest.param(
                [OAUTH],
                [("Authorization", "Bearer a")],
                query,
                RequestFault.TOKEN_IN_QUERY,
                id=f"query-{query}",
            )
            for query in ["access_token=a", "x=1&access_token", "acc%65ss_token=b"]
        ),
        pytest.param(
            [HEADER], [("X-API-Key", "k")] * 2, "", RequestFault.SEVERAL_KEYS, id="header-key-twice"
        ),
        pytest.param([QUERY], [], "key=k&key=k", RequestFault.SEVERAL_KEYS, id="query-key-twice"),
        pytest.param(
            [QUERY], [], "key=k&%6bey=", RequestFault.SEVERAL_KEYS, id="query-key-escaped-and-empty"
        ),
        pytest.param(
            [COOKIE],
            [("Cookie", "session=a; session=b")],
            "",
            RequestFault.SEVERAL_KEYS,
            id="cookie-twice",
        ),
        pytest.param(
            [COOKIE],
            [("Cookie", "session=a"), ("Cookie", "session=a")],
            "",
            RequestFault.SEVERAL_KEYS,
            id="cookie-in-two-headers",
        ),
    ],
)
def test_credentials_that_cannot_be_told_apart_are_a_fault_and_nothing_else(
    schemes: list[SecurityScheme],
    headers: list[tuple[str, str]],
    query: str,
    fault: RequestFault,
) -> None:
    assert presented(schemes, *headers, query=query) == Presented(fault=fault)


def test_fields_after_the_limit_are_as_if_absent() -> None:
    filling = "&".join(["a=1"] * (MAX_FIELDS - 1))

    assert presented([QUERY], query=f"{filling}&key=k") == keys(query="k")
    assert presented([QUERY], query=f"{filling}&a=1&key=k") == Presented()
    crumbs = filling.replace("&", ";")
    assert presented([COOKIE], ("Cookie", f"{crumbs};session=k")) == keys(cookie="k")
    assert presented([COOKIE], ("Cookie", f"{crumbs};a=1;session=k")) == Presented()


def test_what_is_presented_shows_no_secret_when_printed() -> None:
    found = presented(
        [OAUTH, HEADER], ("Authorization", "Bearer s3cret-1"), ("X-API-Key", "s3cret-2")
    )

    assert repr(found) == "Presented(bearer, header)"
    assert repr(Presented(fault=RequestFault.SEVERAL_KEYS)).endswith("sent several times)")


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from([b"authorization", b"cookie", b"x-api-key", b"host"]), st.binary()
        )
    ),
    query=st.binary(),
)
def test_no_request_makes_the_search_raise(
    headers: list[tuple[bytes, bytes]], query: bytes
) -> None:
    sought = seek([OAUTH, BASIC, HEADER, QUERY, COOKIE, IN_AUTHORIZATION])

    found = find(sought, headers, query=query)

    assert found.fault is None or found == Presented(fault=found.fault)


SCHEME_SETS = st.lists(
    st.sampled_from(
        [OAUTH, BASIC, DIGEST, TLS, HEADER, QUERY, TOKEN_QUERY, COOKIE, IN_AUTHORIZATION]
    ),
    max_size=4,
)
HEADER_LISTS = st.lists(
    st.tuples(
        st.sampled_from([b"authorization", b"x-api-key", b"cookie", b"host"]),
        st.one_of(
            st.sampled_from(
                [
                    b"Bearer a.b.c", b"bearer a.b.c", b"Bearer  a.b.c", b"Bearer a.b.c ",
                    b"Bearer ", b"Bearer", b"Bearer a.b.c, d", b"Basic YTpi", b"",
                    b"session=1", b"a.b.c",
                ]
            ),
            st.binary(max_size=12),
        ),
    ),
    max_size=3,
)  # fmt: skip
QUERIES = st.sampled_from(
    [
        b"", b"a=1", b"access_token=x", b"%61ccess_token=x", b"key=1", b"access_token",
        b"a=access_token",
    ]
)  # fmt: skip


@given(SCHEME_SETS, HEADER_LISTS, QUERIES)
def test_a_sole_bearer_is_what_a_close_look_finds_too(
    schemes: list[SecurityScheme], headers: list[tuple[bytes, bytes]], query: bytes
) -> None:
    sought = seek(schemes)
    sole = sole_bearer(sought, headers, query=query)
    found = find(sought, headers, query=query)

    if sole == b"":
        assert found == Presented()
    elif sole == bearer_value("a.b.c"):  # of a text that a close look has found before
        assert found == Presented(bearer="a.b.c")


def test_a_token_in_the_usual_spelling_is_seen_at_once() -> None:
    sought = seek([OAUTH, COOKIE])

    assert (
        sole_bearer(sought, [(b"authorization", b"Bearer a.b.c")], query=b"x=1") == b"Bearer a.b.c"
    )
    assert sole_bearer(sought, [(b"host", b"h")], query=b"") == b""
    assert sole_bearer(sought, [(b"cookie", b"session=1")], query=b"") is None
