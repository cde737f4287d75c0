"""Operations are compared with those that answered the same request."""

from gateway.policy.same_operations import Pair, match_operations
from gateway.spec.model import OperationKey
from tests.unit.policy.build import Security, description

ANY: Security = [{"oauth": ["read"]}]


def pairs(old: tuple[str, str], new: tuple[str, str]) -> tuple[Pair, ...]:
    """Match documents of one operation each, told as base path and operation."""
    (old_base, old_key), (new_base, new_key) = old, new
    return match_operations(
        description({old_key: ANY}, base_path=old_base),
        description({new_key: ANY}, base_path=new_base),
    )


def test_a_base_path_that_was_part_of_the_paths_changes_no_request() -> None:
    found = pairs(("", "GET /v2/users"), ("/v2", "GET /users"))

    assert found == (Pair(OperationKey("GET /v2/users"), OperationKey("GET /users")),)


def test_a_document_that_moved_as_a_whole_keeps_its_operations() -> None:
    found = pairs(("/v1", "GET /users/{id}"), ("/v2", "GET /users/{user}"))

    assert found == (Pair(OperationKey("GET /users/{id}"), OperationKey("GET /users/{user}")),)


def test_another_path_is_another_operation() -> None:
    found = pairs(("", "GET /users"), ("", "GET /people"))

    assert found == (
        Pair(None, OperationKey("GET /people")),
        Pair(OperationKey("GET /users"), None),
    )
