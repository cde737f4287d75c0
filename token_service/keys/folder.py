"""A folder of keys as it is changed: begun, taken over, rotated, and keys of it given up."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from token_service.errors import KeyringError
from token_service.keys import states
from token_service.keys.files import (
    STATE_FILE,
    changing,
    key_files,
    read_file,
    read_key,
    read_state_text,
    remove_key,
    reporting,
    state_of,
    write_key,
    write_state,
)
from token_service.keys.signing import make_key
from token_service.keys.states import KeyState, RingState

_log = logging.getLogger("scopegate.tokens")


@dataclass(frozen=True, slots=True)
class KeysFolder:
    """A folder of keys, and what the settings ask of it.

    Each change is whole and happens under the folder's lock, so that of two at once one comes
    after the other. `now` is in Unix seconds.
    """

    directory: Path
    alg: str
    #: how long an access token lives, in seconds
    token_seconds: int = 3600
    #: whether somebody chose `alg`; if not, a folder with keys of another one keeps to that
    alg_is_chosen: bool = True

    @property
    def has_keys(self) -> bool:
        """Whether there is anything to open that need not be made first."""
        with reporting(self.directory):
            return self.has_state or bool(key_files(self.directory))

    @property
    def has_state(self) -> bool:
        """Whether the keys have states already."""
        with reporting(self.directory):
            return (self.directory / STATE_FILE).exists()

    def open(self, now: int) -> RingState:
        """Make the folder what the settings ask for; a new one gets its first two keys."""
        with reporting(self.directory):
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with changing(self.directory):
            before = self._state()
            if before is None:
                return self._begin(now)
            settled = states.allow(before, self.token_seconds)
            if self._wants_another_alg(settled):
                settled = self._change_algorithm(settled, now)
            self._warn_of_strangers(settled)
            return self._commit(before, settled)

    def rotate(self, now: int) -> RingState:
        """Let the next key sign; with another algorithm in the settings, a new one of that."""
        self._demand_keys()
        with changing(self.directory):
            before = self._state() or self._begin(now)
            allowed = states.allow(before, self.token_seconds)
            if self._wants_another_alg(allowed):
                after = self._change_algorithm(allowed, now)
            else:
                read_key(self.directory, allowed.next)  # a damaged one must not come to sign
                after = states.rotate(allowed, self._make(allowed.active.alg), now=now)
            return self._commit(before, states.drop_expired(after, now=now))

    def retire(self, kid: str, now: int) -> RingState:
        """Give a key up: nothing it signed verifies any more, and its file is deleted.

        It is deleted rather than put aside, since a key is given up because it leaked or is old:
        nothing would ever read it again, but whoever finds it could.
        """
        self._demand_keys()
        with changing(self.directory):
            before = self._state() or self._begin(now)
            if before.find(kid).state is KeyState.NEXT:
                after = states.replace_next(before, self._make(before.active.alg), now=now)
            else:
                after = states.drop(before, kid)
            return self._commit(before, states.drop_expired(after, now=now))

    def list(self, now: int) -> RingState:
        """The keys and their states; those whose tokens have all expired are dropped first."""
        self._demand_keys()
        with changing(self.directory):
            before = self._state() or self._begin(now)
            return self._commit(before, states.drop_expired(before, now=now))

    def _demand_keys(self) -> None:
        if not self.has_keys:
            raise KeyringError(
                f"there are no keys in `{self.directory}`, `scopegate serve` makes them"
            )

    def _state(self) -> RingState | None:
        text = read_state_text(self.directory)
        return None if text is None else state_of(self.directory, text)

    def _begin(self, now: int) -> RingState:
        """The first state: of keys from before there were states the newest signs."""
        found = {file.stem: _read_stranger(file) for file in key_files(self.directory)}
        alg = self._alg_among(found)
        fitting = [(written, kid) for kid, (its, written) in found.items() if its == alg]
        active = max(fitting)[1] if fitting else self._make(alg)
        state = states.begin(
            active,
            self._make(alg),
            alg=alg,
            earlier={kid: its for kid, (its, _) in found.items() if kid != active},
            token_seconds=self.token_seconds,
            now=now,
        )
        write_state(self.directory, state)
        return state

    def _alg_among(self, found: Mapping[str, tuple[str, int]]) -> str:
        algs = {alg for alg, _ in found.values()}
        if self.alg_is_chosen or self.alg in algs or not algs:
            return self.alg
        return max(found.values(), key=lambda item: item[1])[0]

    def _wants_another_alg(self, state: RingState) -> bool:
        return self.alg_is_chosen and state.active.alg != self.alg

    def _change_algorithm(self, state: RingState, now: int) -> RingState:
        active, upcoming = self._make(self.alg), self._make(self.alg)
        return states.change_algorithm(state, active, upcoming, alg=self.alg, now=now)

    def _make(self, alg: str) -> str:
        key = make_key(alg)
        write_key(self.directory, key)
        return key.kid

    def _commit(self, before: RingState, after: RingState) -> RingState:
        if after != before:
            write_state(self.directory, after)
        for kid in before.kids - after.kids:
            remove_key(self.directory, kid)
        return after

    def _warn_of_strangers(self, state: RingState) -> None:
        for file in key_files(self.directory):
            if file.stem not in state.kids:
                _log.warning("key file `%s` is not used, %s does not name it", file, STATE_FILE)


def _read_stranger(file: Path) -> tuple[str, int]:
    """The algorithm of a key that no state names, and when it was written."""
    try:
        return read_file(file).alg, file.stat().st_mtime_ns
    except ValueError as error:
        raise KeyringError(
            f"key file `{file}` cannot be used: {error}, restore it or move it away"
        ) from error
