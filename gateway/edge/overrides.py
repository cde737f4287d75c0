"""The headers by which a client replaces the method or the path where a server lets him."""

#: in lower case, with hyphens; nobody behind the gateway is to read them (semantics, section 2)
OVERRIDES = frozenset(
    {
        b"x-http-method-override", b"x-http-method", b"x-method-override",
        b"x-original-url", b"x-rewrite-url", b"x-original-uri", b"x-original-method",
    }
)  # fmt: skip
