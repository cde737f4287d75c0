"""`call`, and the hints that end in it: what is printed works as typed."""

import shlex
import subprocess

from tests.e2e.servers import SCOPEGATE, Server, surroundings


def test_call_prints_request_and_answer(demo: Server) -> None:
    done = demo.run("call", "GET", "/users/me/", "--as", "alice", "--scope", "read")

    assert done.stderr == f'GET {demo.url}/users/me/  scope "read"\n'
    assert done.stdout.startswith("200 OK\n")
    assert '"username": "alice"' in done.stdout


def test_call_that_is_refused_exits_1_with_the_challenge(demo: Server) -> None:
    done = demo.run("call", "POST", "/songs", "title=x", "artist=y", "--scope", "post", check=False)

    assert done.returncode == 1
    assert done.stdout.startswith("403 Forbidden\nWWW-Authenticate: Bearer ")
    assert '"missing"' in done.stdout


def test_call_with_the_fewest_scopes_passes(demo: Server) -> None:
    done = demo.run("call", "POST", "/songs", "title=x", "artist=y", "year=1999", "--minimal")

    assert 'scope "create"' in done.stderr
    assert done.stdout.startswith("201 Created\n")
    assert '"year": 1999' in done.stdout


def test_printed_curl_line_is_one_command(demo: Server) -> None:
    done = demo.run("call", "GET", "/users/", "--scope", "read", "--curl")

    words = shlex.split(done.stdout)
    token = words[words.index("-H") + 1].removeprefix("Authorization: Bearer ")

    assert words[:3] == ["curl", "-X", "GET"]
    assert words[-1] == f"{demo.url}/users/"
    assert demo.call("GET", "/users/", token=token).status == 200


def test_console_line_of_a_denial_ends_in_the_command_that_tells_why(demo: Server) -> None:
    demo.call("PUT", "/songs", token=demo.token("post"), json={})

    line = next(line for line in demo.complaints.splitlines() if "PUT    /songs" in line)
    asked = _typed(demo, line.partition("   why: ")[2])

    assert "  403  PUT    /songs  lacks update or put + widget   why: " in line
    assert asked.returncode == 1
    assert "denied, 403 insufficient_scope" in asked.stdout


def test_hint_of_explain_opens_what_it_explained(demo: Server) -> None:
    asked = demo.run("explain", "GET", "/groups/", "--scope", "read", check=False)

    hint = next(line for line in asked.stdout.splitlines() if line.startswith("try "))
    done = _typed(demo, hint.removeprefix("try").strip())

    assert done.stdout.startswith("200 OK\n"), done.stderr


def _typed(demo: Server, line: str) -> subprocess.CompletedProcess[str]:
    """Type a line at a shell that has the settings of the server."""
    assert shlex.split(line)[0].endswith(SCOPEGATE.name)
    return subprocess.run(
        ["sh", "-c", line],
        cwd=demo.folder,
        env=surroundings(demo.settings),
        capture_output=True,
        text=True,
        check=False,
    )
