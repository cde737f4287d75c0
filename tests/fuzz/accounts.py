"""The clients and users that token requests are made with, and how they are written into one."""

import base64
from collections.abc import Mapping, Sequence
from urllib.parse import quote_plus, urlencode

from tests.fuzz.messages import Request
from tests.fuzz.token_oracle import Account, Asked, Proof
from token_service.admin import Administration

_ALL_GRANTS = frozenset({"password", "client_credentials", "refresh_token"})
_FORM = ("Content-Type", "application/x-www-form-urlencoded")

CLIENTS: Mapping[str, Account] = {
    "wide": Account("wide:secret%+&=/of-some-length", None, _ALL_GRANTS),
    "narrow": Account("narrow-secret-of-some-length", frozenset({"read", "groups"}), _ALL_GRANTS),
    "own": Account("own-secret-of-some-length", None, frozenset({"client_credentials"})),
}
#: guesses at it may lock it, so nobody else uses it
VICTIM = "victim"

_EVERYONE = frozenset({"read", "albums"})
USERS: Mapping[str, Account] = {
    "carla": Account("carla's long password", _EVERYONE),
    "wilma": Account("wilma's long passwörd", _EVERYONE | {"write", "music:write"}),
}
#: his password is guessed at
GUESSED = "gus"


def create_accounts(administration: Administration) -> None:
    """Put the accounts into a database that has the demo's."""
    administration.set_group_scopes("everyone", sorted(_EVERYONE))
    administration.create_group("writers", scopes=["write", "music:write"])
    for name, user in USERS.items():
        groups = ["writers"] if name == "wilma" else []
        administration.create_user(name, user.secret, groups=groups)
    administration.create_user(GUESSED, "gus's long password")
    for name, client in CLIENTS.items():
        administration.create_client(
            name,
            grants=sorted(client.grants),
            scopes="*" if client.ceiling is None else sorted(client.ceiling),
            client_id=name,
            secret=client.secret,
        )
    administration.create_client(VICTIM, grants=["client_credentials"], client_id=VICTIM)


def token_request(
    path: str, asked: Asked, *, bearer: str, more: Sequence[tuple[str, str]] = ()
) -> Request:
    """The request that asks it, well formed; `bearer` is a valid access token."""
    client, secret = asked.client, CLIENTS[asked.client].secret if asked.client in CLIENTS else "x"
    if asked.proof is Proof.WRONG_SECRET:
        client, secret = VICTIM, "a wrong guess"
    elif asked.proof is Proof.UNKNOWN:
        client = "nobody"
    form = [("grant_type", asked.grant), *more]
    if asked.grant == "password":
        form += _login(asked)
    if asked.scope is not None:
        form.append(("scope", asked.scope))
    if asked.proof in {Proof.BODY, Proof.TWICE}:
        form += [("client_id", client), ("client_secret", secret)]
    elif asked.proof is Proof.NAME_ALONE:
        form.append(("client_id", client))
    headers = (_FORM, *_authorization(asked.proof, client, secret, bearer=bearer))
    return Request("POST", path, headers, urlencode(form).encode())


def _login(asked: Asked) -> list[tuple[str, str]]:
    if not asked.password_is_right:
        return [("username", GUESSED), ("password", "a wrong guess")]
    password = USERS[asked.user].secret if asked.user in USERS else "whatever it is"
    return [("username", asked.user), ("password", password)]


def _authorization(
    proof: Proof, client: str, secret: str, *, bearer: str
) -> tuple[tuple[str, str], ...]:
    pair = base64.b64encode(f"{quote_plus(client)}:{quote_plus(secret)}".encode()).decode()
    basic = ("Authorization", f"Basic {pair}")
    match proof:
        case Proof.BASIC | Proof.TWICE | Proof.WRONG_SECRET | Proof.UNKNOWN:
            return (basic,)
        case Proof.TWO_HEADERS:
            return (basic, basic)
        case Proof.BEARER:
            return (("Authorization", f"Bearer {bearer}"),)
        case Proof.BROKEN:
            return (("Authorization", f"Basic {pair[:5]}!{pair[5:]}"),)
        case _:
            return ()
