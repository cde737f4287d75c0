"""What a gateway publishes of the document it guards, by path; an operation there goes before."""

from dataclasses import replace

from gateway.edge.docs.application import PATH as DOCS
from gateway.edge.docs.application import docs_applications, is_free
from gateway.edge.docs.shown import Login
from gateway.edge.document.application import document_applications
from gateway.edge.document.readers import Readers
from gateway.edge.pages import AnyPage
from gateway.edge.served import Served
from gateway.edge.start.application import Places, StartPage
from gateway.edge.start.view import Link

#: what people and programs look for, the parts of pages apart
PAGES = ("/", "/openapi.yaml", "/openapi.json", DOCS)


def published_pages(
    readers: Readers, places: Places, *, login: Login | None = None
) -> dict[str, AnyPage]:
    """The start page, the document, and its documentation; `login` is where that logs in."""
    docs = docs_applications(readers, login)
    if docs:
        places = replace(places, of_document=(_docs(places), *places.of_document))
    document = readers.ruleset.document.description.document
    start = StartPage(readers, places)
    return {"/": start, **document_applications(document, readers), **docs}


def given_way(served: Served) -> tuple[str, ...]:
    """The pages that an operation of the document stands in the way of."""
    if not served.pages:
        return ()
    table = served.ruleset.table
    return tuple(path for path in PAGES if path not in served.pages or not is_free(table, path))


def _docs(places: Places) -> Link:
    url = f"{places.public_url}{DOCS}"
    return Link("docs", "Documentation", url, "every operation, to read and to try in the browser")
