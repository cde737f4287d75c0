"""The checks of a token as lines: what holds together on one, each failure on its own."""

from collections.abc import Iterator, Sequence

from gateway.cli.shown_token import Examined, ShownCheck, ShownToken
from gateway.cli.talk import plain

_NAME_WIDTH = 10
#: those that are told together where they hold; what else holds is told by its silence
_TOGETHER = ("typ", "iss", "aud", "exp", "nbf")
_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_MARKS = {True: "ok  ", False: "FAIL", None: "????"}


def token_lines(token: ShownToken) -> Iterator[str]:
    """A line for the signature, one for what holds, one for each failure with its remedy."""
    for scheme, examined in token.examined.items():
        if len(token.examined) > 1:
            yield f"  checks of {scheme}"
        yield from _scheme_lines(examined, is_proven=token.then is None)


def _scheme_lines(examined: Examined, *, is_proven: bool) -> Iterator[str]:
    checks = {check.name: check for check in examined.checks}
    signature = checks.get("signature")
    if signature is not None and not signature.remedy:
        yield _line(signature)
    together = [name for name in _TOGETHER if name in checks and _holds(checks[name])]
    if together:
        yield f"  ok    {', '.join(together):<{_NAME_WIDTH}}   {_expiry(examined)}".rstrip()
    if is_proven and examined.claimed:
        yield f'  ok    {"scope":<{_NAME_WIDTH}} "{plain(" ".join(examined.claimed))}"'
    yield from _failures([check for check in examined.checks if check.remedy])


def _holds(check: ShownCheck) -> bool:
    return bool(check.ok) and check.text != "absent"


def _expiry(examined: Examined) -> str:
    seconds = examined.expires_in
    if seconds is None or seconds <= 0:
        return ""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size)
    return f"expires in {seconds // size} {unit}"


def _failures(failed: Sequence[ShownCheck]) -> Iterator[str]:
    width = max((len(plain(check.text)) for check in failed), default=0)
    for check in failed:
        yield f"{_line(check):<{width + _NAME_WIDTH + 9}}    -> {plain(check.remedy)}"


def _line(check: ShownCheck) -> str:
    return f"  {_MARKS[check.ok]}  {check.name:<{_NAME_WIDTH}} {plain(check.text)}"
