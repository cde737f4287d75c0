"""What a bearer scheme trusts: one issuer, one audience, and the form its tokens have."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gateway.errors import SettingsError
from gateway.tokens.algorithms import ALGORITHMS


@dataclass(frozen=True, slots=True)
class Profile:
    """How an issuer writes its access tokens."""

    #: accepted values of the `typ` header, in lower case
    types: frozenset[str]
    #: the claim that names the client
    client_claim: str
    #: the one claim scopes are read from
    scope_claim: str
    #: claims that are strings and must not be empty, the client's among them
    required: tuple[str, ...]


#: the values of `profile` in the settings
PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "rfc9068": Profile(
            types=frozenset({"at+jwt", "application/at+jwt"}),
            client_claim="client_id",
            scope_claim="scope",
            required=("sub", "client_id", "jti"),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class TokenTrust:
    """Whose tokens a scheme accepts; it comes from the settings, never from a document."""

    #: compared octet by octet with `iss`
    issuer: str
    #: the one value `aud` must hold
    audience: str
    algorithms: tuple[str, ...] = ("RS256", "ES256", "EdDSA")
    #: a key of PROFILES
    profile: str = "rfc9068"
    #: whether a subject of this issuer is a user of this installation
    users_are_local: bool = False

    def __post_init__(self) -> None:
        """Refuse what could never be safe, whoever builds the trust."""
        if not self.issuer or not self.audience:
            raise SettingsError("a trust needs an issuer and an audience; set both")
        if not self.algorithms:
            raise SettingsError(f"no algorithm is allowed; name one of {', '.join(ALGORITHMS)}")
        for algorithm in self.algorithms:
            if algorithm not in ALGORITHMS:
                raise SettingsError(
                    f"`{algorithm}` cannot be an algorithm of access tokens; "
                    f"name one of {', '.join(ALGORITHMS)}"
                )
        if self.profile not in PROFILES:
            raise SettingsError(
                f"unknown profile `{self.profile}`; name one of {', '.join(PROFILES)}"
            )

    @property
    def rules(self) -> Profile:
        """The profile itself."""
        return PROFILES[self.profile]
