"""Credentials of the HTTP door that are no tokens: real keys, users and certificates, or told ones.

A key outside cookies is one of the store. So is a user with his password, unless another scheme of
the case proves a user too: then both tell who they are, so that it can be the same one. A cookie
always tells: sessions have tests of their own. What cannot be checked only tells that.
"""

import base64
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from anyio import CapacityLimiter

from gateway.app.credentials import LocalCredentials
from gateway.model import Principal, PrincipalKind, Proven, Refused, TokenFault, Uncheckable
from gateway.settings import CertificateSettings, SchemeSettings
from gateway.spec.model import SchemeKind, SchemeName, SecurityScheme
from gateway.tokens.csrf import CsrfEvidence
from token_service.admin import Administration
from token_service.api_keys import KEY_PREFIX, ApiKeys
from token_service.basic_users import BasicUsers
from token_service.passwords import SecretHasher
from token_service.sessions import Sessions
from token_service.settings import Argon2Profile
from token_service.store.engine import Engine
from token_service.throttle import Throttle

_CHEAP = Argon2Profile(time_cost=1, memory_kib=8, parallelism=1)
_PASSWORD = "correct:horse ü9"
_REAL = "real-"
#: the roles that subjects of certificates have
_SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "CN=": (),
    "CN=batch": ("batch",),
    "CN=staff": ("staff",),
}
_CERTIFICATE = CertificateSettings(
    "x-client-dn", verified_header="x-client-verify", subjects=_SUBJECTS
)


def bound_certificates(
    schemes: Mapping[SchemeName, SecurityScheme], bound: frozenset[str]
) -> Mapping[str, SchemeSettings]:
    """The tables of the mutualTLS schemes that are bound."""
    return {
        name: SchemeSettings(certificate=_CERTIFICATE)
        for name, scheme in schemes.items()
        if scheme.kind is SchemeKind.MUTUAL_TLS and name in bound
    }


def certificate_headers(roles: list[str], *, is_valid: bool) -> list[tuple[str, str]]:
    """What the proxy writes of a certificate whose subject has the roles, or which is no good."""
    verified = "SUCCESS" if is_valid else "FAILED:expired"
    return [("X-Client-DN", f"CN={'+'.join(roles)}"), ("X-Client-Verify", verified)]


def told(what: str, **members: Any) -> str:
    """A credential that tells of itself."""
    text = json.dumps({"what": what, **members})
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class CorpusCredentials:
    """The credential source of the served documents, and the maker of what it knows."""

    issuer: str
    engine: Engine
    _users: dict[tuple[str, ...], str] = field(default_factory=dict)

    @property
    def _local(self) -> LocalCredentials:
        hasher, throttle = SecretHasher(_CHEAP), Throttle(self.engine)
        return LocalCredentials(
            Sessions(self.engine, time.time),
            ApiKeys(self.engine, time.time),
            BasicUsers(self.engine, hasher, throttle, time.time),
            issuer=self.issuer,
            origins=frozenset(),
            limiter=CapacityLimiter(1),
        )

    def key(self, scheme: str, roles: list[str]) -> str:
        """The text of a new key."""
        return ApiKeys(self.engine, time.time).create(scheme, roles=roles).text

    def no_key(self) -> str:
        """A text that could be a key, and is none."""
        return KEY_PREFIX + "A" * 43

    def user(self, roles: list[str]) -> str:
        """Name and password of a user whose groups are the roles."""
        groups = tuple(sorted(roles))
        if groups not in self._users:
            people = Administration(self.engine, hasher=SecretHasher(_CHEAP), clock=time.time)
            for group in groups:
                if people.find_group_by_name(group) is None:
                    people.create_group(group)
            name = f"{_REAL}{len(self._users)}"
            people.create_user(name, _PASSWORD, groups=groups)
            self._users[groups] = name
        return f"{self._users[groups]}:{_PASSWORD}"

    def no_user(self) -> str:
        """A name with a password that are nobody's; another one each time, for guesses wait."""
        return f"{_REAL}{uuid.uuid4()}:{_PASSWORD}"

    async def session(
        self, cookie: str, _evidence: CsrfEvidence
    ) -> Proven | Refused | Uncheckable | None:
        return self._read(cookie)

    async def api_key(
        self, scheme: SchemeName, key: str, *, evidence: CsrfEvidence | None
    ) -> Proven | Refused | Uncheckable:
        if key.startswith(KEY_PREFIX):
            return await self._local.api_key(scheme, key, evidence=evidence)
        return self._read(key)

    async def basic(
        self, user: str, password: str, *, address: str
    ) -> Proven | Refused | Uncheckable:
        if user.startswith(_REAL):
            return await self._local.basic(user, password, address=address)
        return self._read(password)

    def _read(self, text: str) -> Proven | Refused | Uncheckable:
        """Believe what a credential tells of itself."""
        try:
            read = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except ValueError:
            return Refused(TokenFault.UNKNOWN_CREDENTIAL)
        match read["what"]:
            case "invalid":
                return Refused(TokenFault.UNKNOWN_CREDENTIAL)
            case "uncheckable":
                return Uncheckable(30)
        return Proven(
            Principal(self.issuer, read["subject"], PrincipalKind(read["kind"])),
            roles=frozenset(read["roles"]),
            by_cookie=read["by_cookie"],
            csrf_proven=read["csrf"],
        )
