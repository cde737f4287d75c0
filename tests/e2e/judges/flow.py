"""The code flow by hand, one step at a time, for tests in which a step fails."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.e2e.judges.judge import REDIRECT_URI
from tests.e2e.judges.live import Live
from tests.e2e.judges.person import Person
from tests.e2e.wire import Reply

#: RFC 7636, appendix B
_VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@dataclass(frozen=True, slots=True)
class Flow:
    """A public client of a server, and a user who allows it everything."""

    live: Live
    client_id: str
    person: Person

    def code(self) -> str:
        """A new code, sixty seconds good."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": REDIRECT_URI,
            "scope": "read",
            "code_challenge": _CHALLENGE,
            "code_challenge_method": "S256",
        }
        led_to = self.person.visit(f"/o/authorize/?{urlencode(query)}")
        return parse_qs(urlsplit(led_to).query)["code"][0]

    def exchange(self, code: str) -> Reply:
        """Spend a code."""
        return self._ask(
            grant_type="authorization_code",
            code=code,
            redirect_uri=REDIRECT_URI,
            code_verifier=_VERIFIER,
        )

    def refresh(self, token: str) -> Reply:
        """Spend a refresh token."""
        return self._ask(grant_type="refresh_token", refresh_token=token)

    def _ask(self, **form: str) -> Reply:
        form = {**form, "client_id": self.client_id}
        return self.live.server.call("POST", "/o/token/", form=form)


def begin(live: Live, username: str = "bob") -> Flow:
    """A flow with the public client of a server."""
    password = live.server.secrets().passwords[username]
    person = Person(live.server, username, password=password)
    return Flow(live, live.client("public").client_id, person)
