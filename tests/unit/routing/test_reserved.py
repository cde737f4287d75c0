"""Our own paths: who wins, what a document may not declare, what deserves a warning."""

import pytest

from gateway.routing.path import split_path
from gateway.routing.reserved import is_reserved, reserved_faults, reserved_paths
from gateway.spec.model import OperationKey
from tests.unit.policy.build import description

WITH_TOKENS = reserved_paths(has_token_service=True)
WITHOUT_TOKENS = reserved_paths(has_token_service=False)


@pytest.mark.parametrize(
    ("path", "with_tokens", "without_tokens"),
    [
        (b"/-/health", True, True),
        (b"/%2D/health", True, True),
        (b"/-/", True, True),
        (b"/o/token/", True, False),
        (b"/%6f/token", True, False),
        (b"/accounts/login/", True, False),
        (b"/admin/", True, False),
        (b"/.well-known/oauth-protected-resource", True, True),
        (b"/.well-known/oauth-authorization-server/o", True, False),
        (b"/.well-known/security.txt", False, False),
        (b"/O/token", False, False),
        (b"/oo", False, False),
        (b"/v2/o", False, False),
        (b"/", False, False),
        (b"/songs", False, False),
    ],
)
def test_what_is_ours_depends_on_the_token_service(
    path: bytes, with_tokens: bool, without_tokens: bool
) -> None:
    segments = split_path(path)

    assert segments is not None
    assert is_reserved(segments, WITH_TOKENS) is with_tokens
    assert is_reserved(segments, WITHOUT_TOKENS) is without_tokens


@pytest.mark.parametrize(
    "path",
    ["/-/x", "/o/", "/o/{x}", "/%6F/x", "/admin", "/.well-known/oauth-protected-resource", "/-"],
)
def test_a_concrete_path_on_or_under_ours_is_a_fault(path: str) -> None:
    faults, warnings = reserved_faults(description({f"GET {path}": []}), WITH_TOKENS)

    assert [fault.rule for fault in faults] == ["reserved-path"]
    assert path in faults[0].message
    assert warnings == ()


@pytest.mark.parametrize("path", ["/{x}", "/{x}/token", "/a{x}", "/.well-known/{x}", "/{x}min/y"])
def test_a_template_that_could_match_one_of_ours_is_a_warning(path: str) -> None:
    faults, warnings = reserved_faults(description({f"GET {path}": []}), WITH_TOKENS)

    assert faults == ()
    assert warnings
    assert {warning.rule for warning in warnings} == {"reserved-path"}


@pytest.mark.parametrize(
    "path", ["/songs", "/x{x}", "/songs/-/x", "/.well-known/x", "/", "/oo/{x}"]
)
def test_other_paths_are_free(path: str) -> None:
    assert reserved_faults(description({f"GET {path}": []}), WITH_TOKENS) == ((), ())


def test_a_base_path_counts() -> None:
    moved_away = description({"GET /o/x": []}, base_path="/v2")
    moved_in = description({OperationKey("GET /x"): []}, base_path="/o")

    assert reserved_faults(moved_away, WITH_TOKENS) == ((), ())
    assert reserved_faults(moved_in, WITH_TOKENS)[0]


def test_paths_of_the_token_service_are_free_without_it() -> None:
    document = description({"GET /o/x": [], "GET /admin": []})

    assert reserved_faults(document, WITHOUT_TOKENS) == ((), ())
