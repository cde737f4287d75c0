"""What a gateway publishes of the document it guards, by path; an operation there goes before."""

from gateway.edge.document.application import document_applications
from gateway.edge.document.readers import Readers
from gateway.edge.pages import AnyPage
from gateway.edge.start.application import Places, StartPage


def published_pages(readers: Readers, places: Places) -> dict[str, AnyPage]:
    """The start page, and the document."""
    document = readers.ruleset.document.description.document
    return {"/": StartPage(readers, places), **document_applications(document, readers)}
