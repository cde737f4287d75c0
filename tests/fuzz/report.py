"""What a run of the fuzzer prints at its end: a table, the first findings, one closing line."""

from collections.abc import Iterator

from tests.fuzz.ledger import Kind, Ledger

_COLUMNS = ("2xx", "3xx", "4xx", "501", "5xx", "none")
_SHOWN_FINDINGS = 10


def report(ledger: Ledger, *, seconds: float, seed: int, asked: int | None) -> Iterator[str]:
    """The lines of the report; `asked` is how many requests there should have been."""
    yield from _table(ledger)
    for finding in ledger.findings[:_SHOWN_FINDINGS]:
        yield from ("", *str(finding).splitlines())
    if len(ledger.findings) > _SHOWN_FINDINGS:
        yield f"and {len(ledger.findings) - _SHOWN_FINDINGS} more"
    yield ""
    amount = f"FUZZ_REQUESTS={asked} " if asked else ""
    yield f"the same requests again: make fuzz {amount}FUZZ_SEED={seed}"
    if is_short(ledger, asked):
        yield f"{asked:,} requests were asked for: some tests did not run to their end"
    yield _closing_line(ledger, seconds)


def is_short(ledger: Ledger, asked: int | None) -> bool:
    """Whether fewer requests were made than asked for."""
    return ledger.requests < (asked or 0)


def _table(ledger: Ledger) -> Iterator[str]:
    yield f"{'door':<12}{'document':<22}{'requests':>9}" + "".join(f"{c:>8}" for c in _COLUMNS)
    rows = sorted({(door, document) for door, document, _ in ledger.answers})
    for door, document in rows:
        counts = [ledger.answers[door, document, column] for column in _COLUMNS]
        cells = "".join(f"{count:>8,}" for count in counts)
        yield f"{door:<12}{document:<22}{sum(counts):>9,}{cells}"


def _closing_line(ledger: Ledger, seconds: float) -> str:
    doors = sorted({door for door, _, _ in ledger.answers}, reverse=True)
    split = ", ".join(f"{door} {_requests_at(ledger, door):,}" for door in doors)
    found = ", ".join(_counted(ledger.found(kind), kind) for kind in Kind)
    return f"{ledger.requests:,} requests: {found} ({split}) in {seconds:.0f} s"


def _requests_at(ledger: Ledger, door: str) -> int:
    return sum(count for (where, _, _), count in ledger.answers.items() if where == door)


def _counted(count: int, kind: Kind) -> str:
    plural = "answers of 500" if kind is Kind.FAULT else f"{kind}s"
    return f"{count:,} {kind if count == 1 else plural}"
