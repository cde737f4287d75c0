"""Where the proof of a bearer token comes from: whose keys, or who is asked."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OwnKeyring:
    """The keys of the token service that is built in."""


@dataclass(frozen=True, slots=True)
class JwksUrl:
    """Keys at a URL of the settings (RFC 7517)."""

    url: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """Keys where the metadata of the issuer says (RFC 8414)."""

    issuer: str


@dataclass(frozen=True, slots=True)
class Introspection:
    """An endpoint that says what a token is (RFC 7662), and as whom it is asked."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)


TokenSource = OwnKeyring | JwksUrl | Discovery | Introspection
