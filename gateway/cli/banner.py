"""What `serve` says when it starts."""

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence

from gateway.app.compose import Application
from gateway.app.demo import DemoAccounts
from gateway.cli.issuers import issuer_lines, source_words
from gateway.cli.login_link import make_link
from gateway.cli.talk import as_called, counted
from gateway.edge.docs.application import is_free
from gateway.edge.proxy.target import target_of
from gateway.edge.published import given_way
from gateway.lint.finding import Finding, Severity
from gateway.load import LoadedDocument
from gateway.policy.grantable import grantable_scopes
from gateway.settings import Settings, is_loopback_url
from gateway.spec.model import SchemeName, SecuritySource
from scopegate import __version__

_NAMED = 5
#: users among whom the first administrator is looked for
_LOOKED_AT = 1_000


def banner_lines(
    application: Application,
    settings: Settings,
    findings: Sequence[Finding],
    spec: str,
    *,
    sign_in: str = "",
    are_keys_read: bool = True,
) -> Iterator[str]:
    """Version, document, addresses, and what deserves a look before the first request."""
    loaded = application.document
    rules = loaded.policy.rules.values()
    scopes = grantable_scopes(loaded.description, loaded.policy.schemes)
    things = {"operation": rules, "scope": scopes, "scheme": loaded.policy.schemes}
    counts = ", ".join(counted(len(found), thing) for thing, found in things.items())
    at = f" at {loaded.description.base_path}" if loaded.description.base_path else ""
    digest = loaded.policy.digest[:7]
    told = f"{counts}  policy {digest}  lint: {_lint(findings)}{_upstream(loaded, settings)}"
    yield f"scopegate {__version__}  {spec}{at}  {told}"
    if settings.observe:
        yield "  OBSERVE: nothing is refused; would-be refusals are logged and counted"
    yield from _addresses(application, settings, sign_in)
    yield from _editor(application, settings)
    if settings.admin_bind is not None:
        yield f"  admin: http://{settings.admin_bind}   /-/metrics   /-/ready"
    declared = [r.operation for r in rules if r.is_public and r.source is not SecuritySource.ABSENT]
    absent = [rule for rule in rules if rule.source is SecuritySource.ABSENT]
    named = _few([rule.operation for rule in absent])
    yield (
        f"  public: {_few(declared)}   without security: {named}   "
        f"without handler: {_unhandled(application, settings)}{_token_service(settings)}"
    )
    yield from issuer_lines(application, settings, are_read=are_keys_read)
    if settings.observe and (denied := [rule for rule in absent if not rule.is_public]):
        places = _few([f"{rule.operation} ({rule.origin.short})" for rule in denied])
        yield f"  without security (would be 403): {places}"
    for name in loaded.policy.schemes:
        yield f"  scheme {name}: {_trusted(loaded, name)}"


def _addresses(application: Application, settings: Settings, sign_in: str) -> Iterator[str]:
    """Where it is, and what of ours an operation stands in the way of."""
    why = "--only" if settings.only == "tokens" else "--reload"
    off = "" if application.serving.desk is not None else f"   /editor off ({why})"
    yield f"  {settings.public_url}   {_docs(settings)}{off}{sign_in}"
    if hidden := given_way(application.asgi.served):
        yield f"  not served, for the document has an operation there: {', '.join(hidden)}"


def _docs(settings: Settings) -> str:
    """Whether the document is shown, and to whom."""
    if settings.docs == "off" or settings.only == "tokens":
        return "/docs off (SCOPEGATE_DOCS)" if settings.docs == "off" else "/docs off (--only)"
    return "/docs" if settings.docs == "public" else "/docs for who is signed in"


def _editor(application: Application, settings: Settings) -> Iterator[str]:
    """Where the document is edited, with the key, at an address of this machine."""
    desk = application.serving.desk
    if desk is None:
        return
    is_there = is_free(application.asgi.served.ruleset.table, "/editor")
    at, path = f"localhost:{settings.port}", "/editor" if is_there else "/-/editor"
    if settings.admin_bind is not None:
        at, path = settings.admin_bind, "/-/editor"
    yield f"  edit {desk.file}: http://{at}{path}#key={desk.admission.key.secret}"


def sign_in_words(application: Application, settings: Settings) -> str:
    """A link that signs the first administrator in once; nothing where others could reach it."""
    tokens = application.tokens
    users = tokens.administration.list_users(limit=_LOOKED_AT, offset=0)
    user = next((user for user in users if user.is_staff and user.is_active), None)
    if user is None or not is_loopback_url(settings.public_url):
        return ""
    return f"   sign in once as {user.username}: {make_link(tokens, user, settings)}"


def demo_lines(accounts: DemoAccounts, settings: Settings) -> Iterator[str]:
    """The demo's secrets, once, and lines to paste."""
    people = "   ".join(
        f"{name}{' (staff)' if name == 'alice' else ''} {password}"
        for name, password in accounts.passwords.items()
    )
    client = f"client {accounts.client_id} {accounts.client_secret}"
    yield f"Demo accounts, shown this once:   {people}   {client}"
    mint = f'{_environment(settings)}{as_called()} token mint --sub alice --scope "read write"'
    yield f"  TOKEN=$({mint})"
    yield f'  curl -H "Authorization: Bearer $TOKEN" {settings.public_url}/users/'
    yield (
        f"  curl -u {accounts.client_id}:{accounts.client_secret} -d 'grant_type=password"
        f"&username=alice&password={accounts.passwords['alice']}' {settings.public_url}/o/token/"
    )


def _environment(settings: Settings) -> str:
    """What a command needs so that it finds the same home and issuer as this server."""
    told = {
        name: str(getattr(settings, name))
        for name in ("spec", "home", "port", "public_url", "issuer", "audience", "signing_alg")
        if settings.origins[name].startswith("--")
    }
    return "".join(f"SCOPEGATE_{n.upper()}={shlex.quote(v)} " for n, v in told.items())


def upstream_warnings(settings: Settings) -> Iterator[str]:
    """What is risky about the way to the upstream."""
    if settings.upstream is not None and target_of(settings.upstream).is_exposed:
        carried = "requests" if settings.strip_authorization else "requests and bearer tokens"
        yield f"{carried} go to {settings.upstream} in clear; use https on a network of others"


def _upstream(loaded: LoadedDocument, settings: Settings) -> str:
    """Where requests go, with the path that all of them have."""
    if settings.upstream is None:
        return ""
    return f"  upstream {settings.upstream}{loaded.description.base_path}"


def _unhandled(application: Application, settings: Settings) -> str:
    if settings.upstream is not None:
        return "the upstream answers"
    rules = application.document.policy.rules.values()
    handled = application.handled
    return _few([rule.operation for rule in rules if rule.operation not in handled])


def _token_service(settings: Settings) -> str:
    """Where our own token service is; nothing where another issuer is trusted instead."""
    if settings.trusted_issuer is not None:
        return ""
    elsewhere = "" if settings.has_token_service else " (not served here)"
    return f"   embedded token service: {settings.issuer}{elsewhere}"


def _lint(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.severity for finding in findings)
    told = [counted(counts[severity], severity.value) for severity in Severity if counts[severity]]
    return ", ".join(told) or "clean"


def _few(names: Sequence[str]) -> str:
    if not names:
        return "none"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _trusted(loaded: LoadedDocument, name: SchemeName) -> str:
    for names, words in (
        (loaded.trusts.sessions, "the login session"),
        (loaded.trusts.keys, "API keys of this installation"),
        (loaded.trusts.users, "users of this installation"),
        (loaded.trusts.certificates, "client certificates told by trusted proxies"),
    ):
        if name in names:
            return words
    trust = loaded.trusts.bearers.get(name)
    if trust is None:
        return "bound to nothing, its alternatives can never be met"
    return f"{trust.issuer} for {trust.audience} ({source_words(loaded, name)})"
