"""The text of `keyring.json`: the states of a ring, written and read strictly."""

import json
import re
from typing import Any

from token_service.keys.states import KeyRecord, KeyState, RingState
from token_service.settings import SIGNING_ALGORITHMS

#: what is written, and the only thing that is read
SCHEMA = 1
#: a SHA-256 in base64url; it is also the name of a file
_KID = re.compile(r"[A-Za-z0-9_-]{43}")


def render_state(state: RingState) -> bytes:
    """The states as JSON, fit for people too."""
    keys = [
        {
            "kid": key.kid,
            "alg": key.alg,
            "state": key.state.value,
            "since": key.since,
            "until": key.until,
        }
        for key in state.keys
    ]
    told = {"schema": SCHEMA, "token_seconds": state.token_seconds, "keys": keys}
    return json.dumps(told, indent=2).encode() + b"\n"


def parse_state(text: bytes) -> RingState:
    """Read what `render_state` wrote; a ValueError says what is wrong with it."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("it is not JSON") from error
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        raise ValueError(f"its `schema` is not {SCHEMA}")
    keys = told.get("keys")
    if not isinstance(keys, list):
        raise ValueError("it has no list `keys`")
    seconds = _seconds(told, "token_seconds")
    return RingState(tuple(_key(key) for key in keys), seconds)


def _key(told: Any) -> KeyRecord:
    if not isinstance(told, dict):
        raise ValueError("a key in it is not an object")
    kid, alg, state = (str(told.get(name)) for name in ("kid", "alg", "state"))
    if not _KID.fullmatch(kid):
        raise ValueError("a `kid` in it is not the thumbprint of a key")
    if alg not in SIGNING_ALGORITHMS:
        raise ValueError(f"the `alg` of key {kid} is not one of {', '.join(SIGNING_ALGORITHMS)}")
    if state not in tuple(KeyState):
        raise ValueError(f"the `state` of key {kid} is not one of {', '.join(KeyState)}")
    until = None if told.get("until") is None else _seconds(told, "until")
    return KeyRecord(kid, alg, KeyState(state), _seconds(told, "since"), until)


def _seconds(told: dict[str, Any], name: str) -> int:
    value = told.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"a `{name}` in it is not a number of seconds")
    return value
