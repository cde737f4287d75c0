"""An upstream's answer held against the document before any of it goes back."""

import logging

from gateway.edge.answer.check import AnswerCheck, AnswerRefusedError
from gateway.edge.proxy.answer_head import AnswerHead
from gateway.edge.proxy.exchange import Exchange
from gateway.edge.request.media_types import Reading, parse_media_type, reading_of
from gateway.edge.state import RequestState

_log = logging.getLogger("scopegate.edge")
_NOT_MODIFIED = 304


async def check_answer(
    check: AnswerCheck,
    exchange: Exchange,
    head: AnswerHead,
    *,
    state: RequestState,
    method: str,
    limit: int,
) -> bytes:
    """What was read of the body to judge the answer; AnswerRefusedError if it must not go out.

    JSON is read whole, up to the limit; of anything else a first part, for it is only asked
    whether there is something. Answers to HEAD and 304 stand for another answer.
    """
    if method == "HEAD" or head.status == _NOT_MODIFIED:
        return b""
    is_json = _is_json(head)
    octets = await exchange.collect(limit=limit if is_json else 0)
    if is_json and len(octets) > limit:
        _log.warning(
            "%s: %s: the answer is too large to be checked", state.request_id, check.operation
        )
        if check.enforces:
            raise AnswerRefusedError
        return octets
    check.of(state)(head.status, head.headers, octets)
    return octets


def _is_json(head: AnswerHead) -> bool:
    types = [value for name, value in head.headers if name == b"content-type"]
    try:
        essence = parse_media_type(types[0].decode("latin-1")).essence if types else ""
    except ValueError:
        return False
    return reading_of(essence) is Reading.JSON
