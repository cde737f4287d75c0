"""What a bearer scheme trusts, by its table and by the issuer that the settings trust for all."""

from dataclasses import dataclass, replace

from gateway.errors import SettingsError
from gateway.settings import SchemeSettings, Settings
from gateway.tokens.binding import Overrides, TokenTrust
from gateway.tokens.profiles import ANSWER_PROFILE, detect_profile
from gateway.tokens.source import Discovery, Introspection, JwksUrl, OwnKeyring, TokenSource


@dataclass(frozen=True, slots=True)
class BearerTrust:
    """Whose tokens a scheme accepts, and how they are proven."""

    trust: TokenTrust
    source: TokenSource
    #: the profile was told by the issuer's URL, not by the settings
    is_detected: bool = False


def bearer_trust(own: SchemeSettings, settings: Settings) -> BearerTrust:
    """Read a table; raises SettingsError for what could never be safe or would mean nothing."""
    issuer = own.issuer or settings.trusted_issuer
    if issuer is None:
        return BearerTrust(_our_trust(own, settings), OwnKeyring())
    source = _source(own, issuer)
    asks = isinstance(source, Introspection)
    trust = TokenTrust(
        issuer=issuer,
        audience=own.audience or settings.trusted_audience or "",
        profile=ANSWER_PROFILE if asks else own.profile or detect_profile(issuer),
        overrides=_overrides(own),
        users_are_local=own.users_are_local,
    )
    if own.algorithms:
        trust = replace(trust, algorithms=own.algorithms)
    return BearerTrust(trust, source, is_detected=own.profile is None and not asks)


def _our_trust(own: SchemeSettings, settings: Settings) -> TokenTrust:
    if own.profile or _overrides(own) != Overrides():
        raise SettingsError(
            "a profile and what overrides it are for the tokens of another issuer; "
            "name the `issuer`, or leave them out"
        )
    trust = TokenTrust(
        issuer=settings.issuer, audience=own.audience or settings.audience, users_are_local=True
    )
    return replace(trust, algorithms=own.algorithms) if own.algorithms else trust


def _source(own: SchemeSettings, issuer: str) -> TokenSource:
    if own.introspection_url:
        return Introspection(own.introspection_url, own.client_id or "", own.client_secret or "")
    return JwksUrl(own.jwks_uri) if own.jwks_uri else Discovery(issuer)


def _overrides(own: SchemeSettings) -> Overrides:
    return Overrides(
        types=own.types,
        client_claim=own.client_claim,
        scope_claim=own.scope_claim,
        required_claims=own.required_claims,
    )
