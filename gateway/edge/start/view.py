"""What the start page shows to one who asks, before it is JSON or HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.edge.start.facts import Facts


@dataclass(frozen=True, slots=True)
class Link:
    """A place to go on to."""

    #: its name in the JSON
    name: str
    #: what it is called in the page
    label: str
    url: str
    #: what is there, in a few words
    told: str
    #: people look at it, in a browser
    is_page: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """What is shown."""

    title: str
    version: str
    #: None to whom may not read the document
    facts: Facts | None
    links: Sequence[Link]
    #: what a shell can be asked to do: its words, the line
    lines: Sequence[tuple[str, str]]
    #: who is signed in
    visitor: str | None
    #: where to sign in and out; None: nowhere here
    login: str | None
    logout: str | None
    #: the request comes from this machine
    is_local: bool


def as_data(view: View) -> Mapping[str, object]:
    """What curl gets."""
    told: dict[str, object] = {"title": view.title, "version": view.version}
    if view.visitor is not None:
        told["signed_in"] = view.visitor
    if view.facts is not None:
        facts = view.facts
        told["operations"] = {"total": facts.operations, "open_to_anyone": facts.open}
        told["scopes"] = {scope.name: scope.description for scope in facts.scopes}
    told["links"] = {link.name: link.url for link in view.links}
    told["try"] = [line for _, line in view.lines]
    return told
