"""What header fields of answers may be made of, and which of them frame the answer (RFC 9110)."""

import re

#: finds what is none of a name's characters (s5.1), or of a value's (s5.5)
NOT_OF_A_NAME = re.compile(rb'[\x00-\x20\x7f()<>@,;:\[\]={}\\"]')
NOT_OF_A_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
#: of these the connection has a say
_FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection"})


def is_plain_header(name: bytes, value: bytes) -> bool:
    """Whether a header can be written as it is, and says nothing of how the answer is framed."""
    if not name or name in _FRAMING or name != name.lower():
        return False
    return not NOT_OF_A_NAME.search(name) and not NOT_OF_A_VALUE.search(value)
