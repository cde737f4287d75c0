"""The rows of the semantics that the corpus proves, in the order in which they are written there.

A row has at least one case, or stands in ELSEWHERE with the reason why no case of the corpus can
prove it yet.
"""

from collections.abc import Mapping

ROWS: Mapping[str, str] = {
    # 1. What the document means
    "1.own": "an operation's own list overrides the root's",
    "1.inherited": "without one of its own the root's list counts",
    "1.undeclared": "neither has one: denied, or public by the setting",
    "1.public": "`security: []` is public on purpose",
    "1.or": "a list is OR; the first that holds, in the order written, is matched",
    "1.and": "several schemes in one object are AND",
    "1.and-one-header": "an AND that needs two values of the one Authorization header",
    "1.empty-object": "`{}` is tried last, and holds unless something bad was presented",
    "1.scopes": "names of oauth2 and openIdConnect: scopes, all of them, exact",
    "1.roles": "names of other schemes: roles, all of them, never scopes",
    "1.unsupported": "a scheme that is not supported or not bound",
    "1.undeclared-scheme": "an undeclared scheme does not load",
    "1.undeclared-scope": "an undeclared scope is required and cannot be granted",
    "1.scope-grammar": "a name outside RFC 6749 s3.3 can never be met",
    "1.malformed": "what does not load, whatever the options",
    "1.files": "several files: the entry document's schemes and root list",
    "1.calls": "webhooks, callbacks and the like are never routed",
    "1.deprecated": "`deprecated` changes nothing",
    "1.oas-3.2": "`query` and `additionalOperations` are operations like any",
    "1.servers": "the base path is that of the first server",
    # 2. From a request to an operation
    "2.decode": "split, decode once, compare octets; a trailing slash counts",
    "2.never-a-match": "paths that can match nothing",
    "2.matrix": "`;` only where the parameter is of style matrix",
    "2.upstream": "an upstream gets the same raw bytes",
    "2.overrides": "override headers are ignored",
    "2.concrete-wins": "a concrete segment wins, then more literal characters",
    "2.no-fall-through": "path item first, then method; 405 with a complete Allow",
    "2.same-templates": "templates identical but for names do not load",
    "2.overlap": "overlapping templates are a finding",
    "2.head": "HEAD follows GET unless declared",
    "2.options": "OPTIONS declared is an operation, undeclared 204 with Allow",
    "2.preflight": "a CORS preflight from a configured origin",
    "2.trace": "TRACE and CONNECT are 405",
    "2.upgrades": "WebSocket and upgrades are refused",
    "2.unknown-path": "404 before any credential is looked at; never a redirect",
    "2.nearest": "with the nearest declared path",
    "2.reserved": "our own paths win",
    "2.pages": "the pages give way to an operation of the document",
    # 3. What is presented
    "3.what-is-looked-at": "only what the operation's schemes name",
    "3.two-headers": "credentials that cannot be told apart: 400",
    "3.bodies": "a body is never searched for credentials",
    "3.nothing": "401 with one challenge a scheme that can be met, no error",
    "3.invalid": "401 invalid_token, even if another alternative would hold",
    "3.stale-session": "a stale session cookie counts as absent",
    "3.403": "403 if some alternative lacks only scopes or roles",
    "3.cheapest": "the scopes to ask for: fewest missing, grantable, earliest",
    "3.still-missing": "else 401 with the schemes still missing",
    "3.uncheckable": "503 where a credential cannot be checked",
    "3.cookie-alone": "a cookie alone changes nothing without its CSRF token",
    "3.cookies-last": "alternatives that rest on no cookie are tried first",
    "3.who": "the caller is what the matched alternative proves",
    "3.two-users": "ANDed schemes that prove two users: 403",
    "3.foreign-subject": "a foreign issuer's subject is never a local user",
    "3.own-data": "an operation on the caller's own data needs a user",
}

ELSEWHERE: Mapping[str, str] = {
    "2.upstream": "said by test_upstream.py of every case that is permitted",
    "2.overlap": "a finding of lint; the document loads, and 2.concrete-wins says who wins",
    "2.preflight": "an answer of the edge, given before there is a decision: tests/edge",
    "2.upgrades": "refused by the edge before there is a request: tests/edge",
    "2.pages": "a matter of what the edge mounts: tests/edge",
    "3.bodies": "cases have no bodies: tests/edge",
    "3.stale-session": "there is no sign-in yet, so no session that could grow stale",
    "3.foreign-subject": "one issuer, the embedded token service, is bound in the corpus",
    "3.own-data": "said by handlers, after the decision: tests/e2e",
}
