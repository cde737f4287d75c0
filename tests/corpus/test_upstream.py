"""Every case of the corpus in front of a backend: the same answers, and what it is told."""

from collections.abc import Iterator

import pytest

from tests.corpus.cases import Case, Door, cases_for
from tests.corpus.server import Servers
from tests.corpus.test_http import compare
from tests.e2e.backend import Backend

#: what the backend answers to whatever reaches it
_LET_IN = 207
_ANSWER = b"HTTP/1.1 207 Multi-Status\r\nContent-Length: 0\r\n\r\n"
#: answered here even while looking on
_NEVER_SENT_ON = frozenset({"TRACE", "CONNECT"})


@pytest.fixture
def backend(backend: Backend) -> Backend:
    backend.answer = _ANSWER
    return backend


@pytest.fixture(scope="module")
def enforcing(
    shared_backend: Backend, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Servers]:
    home = tmp_path_factory.mktemp("enforcing") / "home"
    opened = Servers.open(home, upstream=shared_backend.url, upstream_validation="off")
    yield opened
    opened.stop()


@pytest.fixture(scope="module")
def observing(
    shared_backend: Backend, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Servers]:
    home = tmp_path_factory.mktemp("observing") / "home"
    opened = Servers.open(home, upstream=shared_backend.url, observe=True)
    yield opened
    opened.stop()


@pytest.mark.parametrize("case", cases_for(Door.HTTP))
def test_what_the_corpus_permits_reaches_the_backend_and_nothing_else(
    enforcing: Servers, backend: Backend, case: Case
) -> None:
    target, _ = enforcing.request(case)

    answer = enforcing.ask(case)

    compare(answer, case.expect)
    if case.expect.status != 200:
        assert answer.status == case.expect.status
        assert backend.arrived == []
        return
    assert answer.status == _LET_IN
    arrived = backend.only()
    assert arrived.target.partition(b"?")[0] == target.partition("?")[0].encode()
    assert arrived.all(b"x-auth-operation")
    assert not arrived.all(b"x-auth-would-deny")


@pytest.mark.parametrize("case", cases_for(Door.HTTP))
def test_while_looking_on_every_case_reaches_the_backend_with_what_would_become_of_it(
    observing: Servers, backend: Backend, case: Case
) -> None:
    answer = observing.ask(case)

    if case.method in _NEVER_SENT_ON:
        assert backend.arrived == []
        return
    if not backend.arrived:  # a path of ours, or no message at all
        assert answer.status == case.expect.status
        return
    assert answer.status == _LET_IN
    told = {name for name in backend.only().names if name.startswith(b"x-auth-")}
    if case.expect.status == 200:
        assert b"x-auth-operation" in told
    else:
        assert told == {b"x-auth-would-deny"}


def test_looking_on_keeps_next_to_nothing_back(observing: Servers, backend: Backend) -> None:
    cases: list[Case] = [parameter.values[0] for parameter in cases_for(Door.HTTP)][::5]
    kept = [case for case in cases if _is_kept_back(observing, backend, case)]

    assert cases
    assert len(kept) < len(cases) / 10


def _is_kept_back(observing: Servers, backend: Backend, case: Case) -> bool:
    backend.arrived.clear()
    observing.ask(case)
    return not backend.arrived
