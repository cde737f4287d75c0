"""Settings that are sound one by one, and are not together."""

from urllib.parse import urlsplit

from gateway.errors import SettingsError
from gateway.settings.loopback import is_loopback_host, is_loopback_url
from gateway.settings.values import Settings


def check_together(settings: Settings) -> None:
    """Raise SettingsError for settings that contradict one another or would be unsafe."""
    _check_origins(settings)
    _check_admin_listener(settings)
    _check_trusted_issuer(settings)
    _check_upstream(settings)
    if not settings.insecure_http:
        _check_transport(settings)


def _check_transport(settings: Settings) -> None:
    """Refuse what would send tokens over a network in clear."""
    is_https = settings.public_url.startswith("https://")
    if not is_https and not is_loopback_url(settings.public_url):
        raise SettingsError(
            f"{settings.origins['public_url']}: `{settings.public_url}` is neither https nor "
            "loopback; use https, or set SCOPEGATE_INSECURE_HTTP=on"
        )
    if not is_https and not is_loopback_host(settings.host):
        raise SettingsError(
            f"{settings.origins['host']}: `{settings.host}` is reached from other machines; set "
            "SCOPEGATE_PUBLIC_URL to the https URL in front, or SCOPEGATE_INSECURE_HTTP=on"
        )


def _check_admin_listener(settings: Settings) -> None:
    """The listener for `/-/` is another one than the main one, whatever addresses they have."""
    if settings.port and (settings.admin_bind or "").endswith(f":{settings.port}"):
        raise SettingsError(
            f"{settings.origins['admin_bind']}: `{settings.admin_bind}` has the port of the main "
            "listener; name another one"
        )


def _check_origins(settings: Settings) -> None:
    for origin in settings.cors_origins:
        host = origin.removeprefix("http://").removeprefix("https://")
        is_origin = host != origin and bool(host) and "/" not in host
        if origin != "*" and not is_origin:
            raise SettingsError(
                f"{settings.origins['cors_origins']}: `{origin}` is not an origin; write "
                "https://host[:port], without a path"
            )


def _check_upstream(settings: Settings) -> None:
    """An upstream that is not there cannot be told anything; one that is ourselves never ends."""
    origin = settings.origins["upstream"]
    if settings.upstream is None:
        _check_without_upstream(settings)
        return
    if settings.only == "tokens":
        raise SettingsError(f"{origin}: no operation is served with --only tokens; leave out one")
    parts = urlsplit(settings.upstream)
    is_here = is_loopback_host(parts.hostname or "") and is_loopback_host(settings.host)
    if is_here and parts.port == settings.port:
        raise SettingsError(
            f"{origin}: `{settings.upstream}` is this very gateway; name the backend's port, or "
            "choose another one for the gateway with --port"
        )


def _check_without_upstream(settings: Settings) -> None:
    if settings.strip_authorization:
        origin = settings.origins["strip_authorization"]
        raise SettingsError(f"{origin}: says what an upstream is sent; add --upstream")
    if settings.observe:
        raise SettingsError(
            f"{settings.origins['observe']}: to look on only, there must be a backend that checks "
            "for itself; add --upstream"
        )


def _check_trusted_issuer(settings: Settings) -> None:
    """The issuer for all schemes: it needs its audience, and leaves nothing to be issued here."""
    issuer, audience = settings.origins["trusted_issuer"], settings.origins["trusted_audience"]
    if settings.trusted_issuer is None:
        if settings.trusted_audience is not None:
            raise SettingsError(
                f"{audience}: says what the tokens of another issuer are for; add --issuer, or "
                "set SCOPEGATE_AUDIENCE for our own"
            )
        return
    if settings.trusted_audience is None:
        raise SettingsError(
            f"{issuer}: also needs the audience that its tokens name; add --audience, or set "
            "SCOPEGATE_TRUSTED_AUDIENCE"
        )
    if settings.only == "tokens":
        raise SettingsError(f"{issuer}: the token service is off then; leave out --only tokens")
    everyone = settings.schemes.get("*")
    if everyone is not None and everyone.issuer is not None:
        raise SettingsError(
            f'{issuer}: the table [schemes."*"] names an `issuer` for every scheme too; '
            "leave out one of them"
        )
