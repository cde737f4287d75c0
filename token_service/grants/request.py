"""A request to the token endpoint, and its client, in the shapes that Authlib asks for."""

from collections.abc import Mapping

from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Payload, OAuth2Request

from token_service.entities import Client, GrantType, User
from token_service.guard import TokenForm

#: Authlib only looks at the scheme and host, to refuse plain http. Whether plain http is allowed
#: is decided once, by the settings, so it is shown an address that it has nothing against.
_NEUTRAL_URI = "https://localhost/o/token"


class FormPayload(OAuth2Payload):
    """The parameters of a form, each once."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self._parameters = dict(parameters)

    @property
    def data(self) -> dict[str, str]:
        """Each parameter as text."""
        return self._parameters

    def with_scope(self, scope: str) -> "FormPayload":
        """The same with the scope that is granted in place of the one asked."""
        return FormPayload({**self._parameters, "scope": scope})


class TokenRequest(OAuth2Request):
    """A form that passed the guard, its time and token id, and who has proven himself so far."""

    payload: FormPayload
    user: User | None

    def __init__(self, form: TokenForm, *, peer: str, now: int, jti: str, grant_id: str) -> None:
        super().__init__("POST", _NEUTRAL_URI, headers={})
        self.payload = FormPayload(form.parameters)
        self.presented = form.client
        #: the directly connected address
        self.peer = peer
        #: Unix seconds
        self.now = now
        #: the id of the token that this request may lead to
        self.jti = jti
        #: the id of the grant that this request may begin
        self.grant_id = grant_id
        #: what Authlib hands from one step of the code grant to the next
        self.auth_method = "none"

    @property
    def args(self) -> dict[str, str | None]:
        """Nothing is taken from the query."""
        return {}

    @property
    def form(self) -> dict[str, str]:
        """The parameters of the body."""
        return self.payload.data


class ProvenClient(ClientMixin):
    """A client that has proven itself, or a public one that has named itself."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get_client_id(self) -> str:
        """Its `client_id`."""
        return self.client.client_id

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client may use the grant."""
        return self.client.may_use(GrantType(grant_type))


def client_of(request: OAuth2Request) -> Client:
    """The client of a request whose client has been authenticated."""
    if not isinstance(request.client, ProvenClient):
        raise TypeError("the client is not authenticated yet")
    return request.client.client
