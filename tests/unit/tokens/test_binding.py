import pytest

from gateway.errors import SettingsError
from gateway.tokens.algorithms import ALGORITHMS
from gateway.tokens.binding import TokenTrust
from gateway.tokens.profiles import PROFILES


@pytest.mark.parametrize("alg", sorted(ALGORITHMS))
def test_a_trust_may_name_every_algorithm_of_the_table(alg: str) -> None:
    trust = TokenTrust("https://i.example", "api", algorithms=(alg,))

    assert trust.algorithms == (alg,)
    assert trust.rules == PROFILES["rfc9068"]


@pytest.mark.parametrize(
    "alg", ["HS256", "HS384", "HS512", "none", "None", "NONE", "", "rs256", "ES256K", "RS1", "*"]
)
def test_a_trust_never_names_a_symmetric_or_unknown_algorithm(alg: str) -> None:
    with pytest.raises(SettingsError, match="cannot be an algorithm of access tokens"):
        TokenTrust("https://i.example", "api", algorithms=("RS256", alg))


@pytest.mark.parametrize(
    ("issuer", "audience", "algorithms", "profile", "message"),
    [
        pytest.param("", "api", ("RS256",), "rfc9068", "issuer", id="no-issuer"),
        pytest.param("https://i", "", ("RS256",), "rfc9068", "audience", id="no-audience"),
        pytest.param("https://i", "api", (), "rfc9068", "no algorithm", id="no-algorithm"),
        pytest.param("https://i", "api", ("RS256",), "rfc9999", "rfc9999", id="profile"),
    ],
)
def test_a_trust_that_trusts_nothing_in_particular_is_refused(
    issuer: str, audience: str, algorithms: tuple[str, ...], profile: str, message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        TokenTrust(issuer, audience, algorithms=algorithms, profile=profile)
