"""Authlib's client over httpx as a judge."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from tests.e2e.judges.judge import Answer, JudgeFault, Registered, Visit

_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass(frozen=True, slots=True)
class AuthlibJudge:
    """A judge whose library is Authlib; what that leaves to its user is done here."""

    client: Registered

    def metadata(self) -> Answer:
        found: Answer = self._answer(httpx.get(_metadata_of(self.client.issuer), trust_env=False))
        return found

    def code(self, scope: str, visit: Visit) -> Answer:
        told, verifier = self.metadata(), generate_token(48)
        with self._session(scope) as session:
            url, state = session.create_authorization_url(
                told["authorization_endpoint"], code_verifier=verifier
            )
            back = visit(url, "")
            _check_answer(back, self.client.issuer)
            return _plain(
                session.fetch_token(
                    told["token_endpoint"],
                    authorization_response=back,
                    state=state,
                    code_verifier=verifier,
                )
            )

    def client_credentials(self, scope: str) -> Answer:
        endpoint = self.metadata()["token_endpoint"]
        with self._session(scope) as session:
            return _plain(session.fetch_token(endpoint, grant_type="client_credentials"))

    def refresh(self, token: str) -> Answer:
        endpoint = self.metadata()["token_endpoint"]
        with self._session() as session:
            return _plain(session.refresh_token(endpoint, refresh_token=token))

    def device(self, scope: str, visit: Visit) -> Answer:
        told = self.metadata()
        with self._session(scope) as session:
            auth = session.client_auth(session.token_endpoint_auth_method)
            endpoint = told["device_authorization_endpoint"]
            form = {"scope": scope}
            asked = self._answer(
                session.request("POST", endpoint, data=form, auth=auth, withhold_token=True)
            )
            visit(asked["verification_uri"], asked["user_code"])
            return _plain(
                session.fetch_token(
                    told["token_endpoint"],
                    grant_type=_DEVICE_GRANT,
                    device_code=asked["device_code"],
                )
            )

    def revoke(self, token: str) -> None:
        endpoint = self.metadata()["revocation_endpoint"]
        with self._session() as session:
            response = session.revoke_token(endpoint, token=token)  # type: ignore[no-untyped-call]  # stubs
            assert response.status_code == 200, response.text

    def introspect(self, token: str) -> Answer:
        endpoint = self.metadata()["introspection_endpoint"]
        with self._session() as session:
            return self._answer(session.introspect_token(endpoint, token=token))

    def call(self, token: str, url: str) -> int:
        with self._session() as session:
            session.token = {"access_token": token, "token_type": "Bearer"}
            status: int = session.get(url).status_code
            return status

    @contextmanager
    def _session(self, scope: str | None = None) -> Iterator[OAuth2Client]:
        session = OAuth2Client(
            client_id=self.client.client_id,
            client_secret=self.client.client_secret,
            token_endpoint_auth_method=self.client.method if self.client.client_secret else "none",
            redirect_uri=self.client.redirect_uri,
            scope=scope,
            code_challenge_method="S256",
            trust_env=False,
        )
        try:
            with session:
                yield session
        except OAuthError as error:
            raise JudgeFault(str(error.error), str(error.description)) from error

    def _answer(self, response: httpx.Response) -> Answer:
        told: Answer = response.json()
        if response.status_code != 200:
            raise JudgeFault(told["error"], response.text)
        return told


def _metadata_of(issuer: str) -> str:
    url = httpx.URL(issuer)
    return str(url.copy_with(path=f"/.well-known/oauth-authorization-server{url.path}"))


def _check_answer(back: str, issuer: str) -> None:
    """RFC 6749 s4.1.2.1 and RFC 9207 s2.4, which this library leaves to its user."""
    answer = httpx.URL(back).params
    if answer.get_list("iss") != [issuer]:
        raise JudgeFault("iss", f"not from {issuer}")
    if "error" in answer:
        raise JudgeFault(answer["error"], "said at the authorization endpoint")


def _plain(token: Answer) -> Answer:
    return dict(token)
