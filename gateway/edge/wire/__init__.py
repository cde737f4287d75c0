"""HTTP/1.1 as octets: the protocol that uvicorn's server is handed for each connection."""

from gateway.edge.wire.connection import BoundedHttpProtocol

__all__ = ["BoundedHttpProtocol"]
