"""A form that a page of ours sent: bounded, each field as often as it came."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from token_service.errors import RequestRefusedError

#: a form over this many octets is not read
MAX_FORM_BYTES = 65_536
_MAX_FIELDS = 1_000
_TYPE = "application/x-www-form-urlencoded"

Form = Mapping[str, Sequence[str]]


async def read_form(request: Request) -> Form:
    """The fields of a form; a RequestRefusedError if it is none, too large or cut off."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise RequestRefusedError("invalid_request", "a form was expected here", status=415)
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced[:20]) > MAX_FORM_BYTES:
        raise _too_large()
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_FORM_BYTES:
                raise _too_large()
    except ClientDisconnect as error:
        raise RequestRefusedError("invalid_request", "the form ended early") from error
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError as error:
        raise RequestRefusedError("invalid_request", "the form is not well-formed") from error
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _too_large() -> RequestRefusedError:
    return RequestRefusedError("invalid_request", "the form is too large", status=413)


def field(form: Form, name: str) -> str:
    """The value of a field that comes once; "" if it does not, or holds what no text holds."""
    values = form.get(name, ())
    value = values[0] if len(values) == 1 else ""
    return "" if "\0" in value else value
