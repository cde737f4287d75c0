"""What a bearer scheme trusts: one issuer, one audience, and the form its tokens have."""

from dataclasses import dataclass, field, replace

from gateway.errors import SettingsError
from gateway.tokens.algorithms import ALGORITHMS
from gateway.tokens.profiles import ANSWER_PROFILE, ANSWERS, PROFILES, Profile


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the settings say otherwise than the profile; the rest of it stays."""

    #: values of the `typ` header
    types: tuple[str, ...] = ()
    client_claim: str | None = None
    scope_claim: str | None = None
    #: the subject and the client are needed whatever it says
    required_claims: tuple[str, ...] | None = None

    def apply(self, profile: Profile) -> Profile:
        """The profile as these tokens have it."""
        if self.types:
            profile = replace(profile, types=frozenset(name.lower() for name in self.types))
        if self.client_claim is not None:
            profile = replace(profile, client_claims=(self.client_claim,))
        if self.scope_claim is not None:
            profile = replace(profile, scope_claim=self.scope_claim)
        if self.required_claims is not None:
            required = tuple(dict.fromkeys(("sub", *self.required_claims)))
            profile = replace(profile, required=required)
        return profile


_NOTHING = Overrides()


@dataclass(frozen=True, slots=True)
class TokenTrust:
    """Whose tokens a scheme accepts; it comes from the settings, never from a document."""

    #: compared octet by octet with `iss`
    issuer: str
    #: the one value `aud` must hold
    audience: str
    algorithms: tuple[str, ...] = ("RS256", "ES256", "EdDSA")
    #: a key of PROFILES, or ANSWER_PROFILE
    profile: str = "rfc9068"
    overrides: Overrides = _NOTHING
    #: whether a subject of this issuer is a user of this installation
    users_are_local: bool = False
    #: the profile with its overrides
    rules: Profile = field(init=False, compare=False, repr=False)

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
        profile = ANSWERS if self.profile == ANSWER_PROFILE else PROFILES.get(self.profile)
        if profile is None:
            raise SettingsError(
                f"unknown profile `{self.profile}`; name one of {', '.join(PROFILES)}"
            )
        object.__setattr__(self, "rules", self.overrides.apply(profile))
