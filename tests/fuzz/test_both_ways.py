"""Fuzzed requests by a plan and through all of Connexion's rooms: the answers are alike.

The documented examples answer, so that no request changes what the next one finds.
"""

import asyncio
import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.app.compose import compose
from gateway.app.composition import Composition
from gateway.app.tokens import open_database
from gateway.load import load_document
from gateway.spec.read import read_description
from tests.corpus.server import settings_for
from tests.edge.gateway.ways import BothWays, ask_both_ways, both_ways
from tests.fuzz.budget import drawn_of, requests_of
from tests.fuzz.drawing import draw, operations_of
from tests.fuzz.presentations import presentations
from tests.fuzz.world import DOCUMENT, World, read_raw

RAW = read_raw(DOCUMENT)
OPERATIONS = operations_of(RAW)
#: of all requests
SHARE = 0.1


@pytest.fixture(scope="module")
def ways(world: World) -> Iterator[BothWays]:
    settings = settings_for(world.home)
    engine = open_database(settings)
    document = load_document(read_description(str(DOCUMENT)), settings)
    made = compose(document, settings, engine, composition=Composition(mocks=True))
    yield both_ways(made.asgi)
    engine.dispose()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_both_ways_answer_alike(operation: Any, world: World, ways: BothWays) -> None:
    presented = itertools.cycle(
        presentations(
            RAW,
            operation.method.upper(),
            operation.path,
            sign=world.sign,
            bad_tokens=world.bad_tokens,
        )
    )
    count = requests_of(SHARE, units=len(OPERATIONS), least=20)
    for one in draw(operation, drawn_of(count), unit=operation.label):
        request = next(presented).put_on(one.request)

        long, short = asyncio.run(
            ask_both_ways(ways, request.method, request.target, request.headers, body=request.body)
        )

        assert short == [long] * len(short), request.line
