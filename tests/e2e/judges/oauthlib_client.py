"""oauthlib's clients, by themselves and over requests, as a judge."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from oauthlib.oauth2 import (
    BackendApplicationClient,
    Client,
    DeviceClient,
    OAuth2Error,
    WebApplicationClient,
)
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from tests.e2e.judges.judge import Answer, JudgeFault, Registered, Visit

_SECONDS = 20


@dataclass(frozen=True, slots=True)
class OauthlibJudge:
    """A judge whose library is oauthlib; what that leaves to its user is done here."""

    client: Registered

    def metadata(self) -> Answer:
        parts = urlsplit(self.client.issuer)
        path = f"/.well-known/oauth-authorization-server{parts.path}"
        return _answer(requests.get(parts._replace(path=path).geturl(), timeout=_SECONDS))

    def code(self, scope: str, visit: Visit) -> Answer:
        told = self.metadata()
        client = WebApplicationClient(self.client.client_id)
        with self._session(client, scope, pkce="S256") as session:
            url, _ = session.authorization_url(told["authorization_endpoint"])
            back = visit(url, "")
            self._check_issuer(back)
            return self._fetch(session, told, authorization_response=back)

    def client_credentials(self, scope: str) -> Answer:
        client = BackendApplicationClient(self.client.client_id, scope=scope)
        with self._session(client, scope) as session:
            return self._fetch(session, self.metadata())

    def refresh(self, token: str) -> Answer:
        client = WebApplicationClient(self.client.client_id)
        with self._session(client) as session:
            return _plain(
                session.refresh_token(
                    self.metadata()["token_endpoint"],
                    refresh_token=token,
                    auth=self._basic,
                    timeout=_SECONDS,
                    **self._name,
                )
            )

    def device(self, scope: str, visit: Visit) -> Answer:
        told = self.metadata()
        client = DeviceClient(self.client.client_id)
        asked = self._post(told["device_authorization_endpoint"], {"scope": scope, **self._name})
        visit(asked["verification_uri"], asked["user_code"])
        body = client.prepare_request_body(
            asked["device_code"], scope=scope, include_client_id=self._basic is None
        )
        answer = requests.post(
            told["token_endpoint"],
            data=body,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            auth=self._basic,
            timeout=_SECONDS,
        )
        with _faults():
            return _plain(client.parse_request_body_response(answer.text, scope=scope))

    def revoke(self, token: str) -> None:
        client = WebApplicationClient(self.client.client_id)
        endpoint = self.metadata()["revocation_endpoint"]
        url, headers, body = client.prepare_token_revocation_request(
            endpoint, token, token_type_hint="access_token", **self._name
        )
        answer = requests.post(url, data=body, headers=headers, auth=self._basic, timeout=_SECONDS)
        assert answer.status_code == 200, answer.text

    def introspect(self, token: str) -> Answer:
        return self._post(self.metadata()["introspection_endpoint"], {"token": token})

    def call(self, token: str, url: str) -> int:
        client = WebApplicationClient(self.client.client_id, token_type="Bearer")
        with self._session(client) as session:
            session.token = {"access_token": token, "token_type": "Bearer"}
            return session.get(url, timeout=_SECONDS).status_code

    @contextmanager
    def _session(
        self, client: Client, scope: str | None = None, *, pkce: str | None = None
    ) -> Iterator[OAuth2Session]:
        session = OAuth2Session(
            client=client, scope=scope, redirect_uri=self.client.redirect_uri, pkce=pkce
        )
        with _faults(), session:
            yield session

    def _fetch(self, session: OAuth2Session, told: Answer, **given: Any) -> Answer:
        return _plain(
            session.fetch_token(
                told["token_endpoint"],
                auth=self._basic,
                include_client_id=self._basic is None,
                timeout=_SECONDS,
                **given,
            )
        )

    def _post(self, url: str, form: dict[str, str]) -> Answer:
        return _answer(requests.post(url, data=form, auth=self._basic, timeout=_SECONDS))

    def _check_issuer(self, back: str) -> None:
        """RFC 9207 s2.4, which this library leaves to its user."""
        if parse_qs(urlsplit(back).query).get("iss") != [self.client.issuer]:
            raise JudgeFault("iss", f"not from {self.client.issuer}")

    @property
    def _basic(self) -> HTTPBasicAuth | None:
        name, secret = self.client.client_id, self.client.client_secret
        return HTTPBasicAuth(name, secret) if secret else None

    @property
    def _name(self) -> dict[str, Any]:
        """What a client without a secret puts into its forms."""
        return {} if self.client.client_secret else {"client_id": self.client.client_id}


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except OAuth2Error as error:
        raise JudgeFault(str(error.error), str(error.description)) from error


def _plain(token: Answer) -> Answer:
    """This library takes the scope apart; the others leave it."""
    scope = token["scope"]
    return {**token, "scope": scope if isinstance(scope, str) else " ".join(scope)}


def _answer(response: requests.Response) -> Answer:
    told: Answer = response.json()
    if response.status_code != 200:
        raise JudgeFault(told["error"], response.text)
    return told
