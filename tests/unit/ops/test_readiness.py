"""Whether requests should be sent here."""

from functools import partial

from gateway.ops.readiness import Readiness


def test_a_server_is_ready_between_begin_and_end() -> None:
    readiness = Readiness({})

    starting = readiness.faults()
    readiness.begin()
    ready = readiness.faults()
    readiness.end()

    assert (starting, ready, readiness.faults()) == (
        {"server": "starting"}, {}, {"server": "ending"},
    )  # fmt: skip


def test_a_check_that_speaks_up_makes_it_not_ready() -> None:
    faults = {"keys": "", "revocations": ""}
    readiness = Readiness({name: partial(faults.__getitem__, name) for name in faults})
    readiness.begin()

    well = readiness.faults()
    faults["revocations"] = "away"

    assert (well, readiness.faults()) == ({}, {"revocations": "away"})
