"""`settings`: each value, where it came from, secrets masked, misspelt ones refused."""

import pytest

from tests.unit.cli.commands import CommandLine

PASSWORD = "pa-ss-word"


def shown(scopegate: CommandLine, name: str, **environment: str) -> tuple[str, str]:
    """Value and origin of one setting."""
    rows = scopegate("settings", "--format", "json", **environment).json()["settings"]
    row = next(row for row in rows if row["name"] == name)
    return row["value"], row["origin"]


def test_environment_is_stronger_than_the_file_and_the_file_than_the_default(
    scopegate: CommandLine,
) -> None:
    from_default = shown(scopegate, "SCOPEGATE_PORT")
    (scopegate.folder / "scopegate.toml").write_text("port = 8001\n", encoding="utf-8")
    from_file = shown(scopegate, "SCOPEGATE_PORT")
    from_environment = shown(scopegate, "SCOPEGATE_PORT", SCOPEGATE_PORT="8002")

    assert from_default == ("8000", "default")
    assert from_file == ("8001", "scopegate.toml")
    assert from_environment == ("8002", "SCOPEGATE_PORT")


def test_default_that_rests_on_another_setting_follows_it(scopegate: CommandLine) -> None:
    value, origin = shown(scopegate, "SCOPEGATE_ISSUER", SCOPEGATE_PORT="8002")

    assert (value, origin) == ("http://localhost:8002/o", "default")


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        pytest.param(
            f"postgresql+psycopg://me:{PASSWORD}@db/app",
            "postgresql+psycopg://me:***@db/app",
            id="password",
        ),
        pytest.param(
            f"postgresql+psycopg://me:{PASSWORD}?@x@db/app",
            "postgresql+psycopg://me:***@db/app",
            id="password with signs in it",
        ),
        pytest.param(
            f"postgresql+psycopg://db/app?user=me&password={PASSWORD}",
            "postgresql+psycopg://db/app?user=***&password=***",
            id="password in the query",
        ),
        pytest.param("sqlite:///var/x.db", "sqlite:///var/x.db", id="nothing to hide"),
    ],
)
def test_password_of_the_database_is_masked(scopegate: CommandLine, url: str, masked: str) -> None:
    outcome = scopegate("settings", SCOPEGATE_DATABASE_URL=url)

    assert f"SCOPEGATE_DATABASE_URL                  {masked}  (" in outcome.out
    assert PASSWORD not in outcome.out + outcome.err


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        pytest.param(
            {"SCOPEGATE_FOO": "1"},
            "environment: unknown setting `SCOPEGATE_FOO`; did",
            id="unknown",
        ),
        pytest.param(
            {"SCOPEGATE_PROT": "1"},
            "environment: unknown setting `SCOPEGATE_PROT`; did you mean `SCOPEGATE_PORT`?",
            id="misspelt",
        ),
        pytest.param(
            {"SCOPEGATE_PORT": "many"}, "SCOPEGATE_PORT: `many`: must be a whole", id="bad value"
        ),
        pytest.param(
            {"SCOPEGATE_DOCS": "publik"}, "SCOPEGATE_DOCS: `publik`: must be one of", id="bad word"
        ),
        pytest.param(
            {"SCOPEGATE_PUBLIC_URL": "http://api.example.com"},
            "SCOPEGATE_PUBLIC_URL: `http://api.example.com` is neither https nor loopback",
            id="tokens in clear over a network",
        ),
        pytest.param(
            {"SCOPEGATE_HOST": "0.0.0.0"},  # noqa: S104 -- refused
            "SCOPEGATE_HOST: `0.0.0.0` is reached from other machines",
            id="reached from other machines",
        ),
    ],
)
@pytest.mark.parametrize(
    "command", [("settings",), ("explain", "seed-songs.yaml", "GET", "/songs"), ("user", "list")]
)
def test_setting_that_cannot_be_used_stops_every_command(
    scopegate: CommandLine,
    command: tuple[str, ...],
    environment: dict[str, str],
    complaint: str,
) -> None:
    outcome = scopegate(*command, **environment)

    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: {complaint}")
    assert not (scopegate.folder / "var").exists()


CERTIFICATES = """\
[schemes.nginx]
certificate_header = "X-Client-DN"
verified_header = "X-Client-Verify"
subjects = {"CN=batch" = ["reports"], "CN=other" = []}
[schemes.envoy]
certificate_header = "client-cert"
certificate_form = "rfc9440"
[schemes.kc]
issuer = "https://kc.example"
audience = "orders"
introspection_url = "https://kc.example/introspect"
client_id = "api"
client_secret = "pa-ss-word"
[schemes.okta]
issuer = "https://okta.example"
audience = "orders"
algorithms = ["ES256", "RS256"]
users = "local"
"""


def test_tables_are_shown_as_they_are_written_and_their_secrets_are_not(
    scopegate: CommandLine,
) -> None:
    (scopegate.folder / "scopegate.toml").write_text(CERTIFICATES, encoding="utf-8")

    shown_json = scopegate("settings", "--format", "json")
    shown_text = scopegate("settings")

    schemes = shown_json.json()["schemes"]
    assert schemes["nginx"] == {
        "certificate_header": "x-client-dn",
        "certificate_form": "subject",
        "verified_header": "x-client-verify",
        "subjects": {"CN=batch": ["reports"], "CN=other": []},
    }
    assert schemes["envoy"] == {"certificate_header": "client-cert", "certificate_form": "rfc9440"}
    assert schemes["kc"]["client_secret"] == "***"
    line = "[schemes.envoy]  certificate_header client-cert, certificate_form rfc9440\n"
    assert line in shown_text.out
    assert 'subjects {"CN=batch": ["reports"], "CN=other": []}\n' in shown_text.out
    assert "algorithms ES256 RS256, users_are_local true\n" in shown_text.out
    assert PASSWORD not in shown_json.out + shown_text.out + shown_text.err


@pytest.mark.parametrize("path", ["/a@b/", "v2", "/v2/"])
def test_a_base_path_that_is_none_is_quoted_as_given(scopegate: CommandLine, path: str) -> None:
    outcome = scopegate("serve", "kinds.yaml", "--check", "--base-path", path)

    assert outcome.status == 2
    assert outcome.err.startswith(f"error: --base-path: `{path}`: must be a path")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param(
            "prot = 1\n", "scopegate.toml: unknown setting `prot`; did you", id="misspelt"
        ),
        pytest.param("port = \n", "scopegate.toml: ", id="no TOML"),
        pytest.param('[schemes.song_auth]\nissuers = "x"\n', "scopegate.toml: ", id="scheme's key"),
    ],
)
def test_settings_file_that_cannot_be_used_is_named(
    scopegate: CommandLine, text: str, complaint: str
) -> None:
    (scopegate.folder / "scopegate.toml").write_text(text, encoding="utf-8")

    outcome = scopegate("settings")

    assert outcome.status == 2
    assert outcome.err.startswith(f"error: {complaint}")


def test_table_for_a_scheme_that_is_misspelt_names_the_nearest(scopegate: CommandLine) -> None:
    (scopegate.folder / "scopegate.toml").write_text(
        '[schemes.song_aut]\naudience = "songs"\n', encoding="utf-8"
    )

    outcome = scopegate("explain", "seed-songs.yaml", "GET", "/songs")

    assert outcome.status == 2
    assert "did you mean `song_auth`?" in outcome.err
