"""A document with the components that the rest of it leads to, and none besides."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

#: a component by its section and name: ("schemas", "Song")
Component = tuple[str, str]

_START = "#/components/"
_SCHEMAS = "schemas"
#: they are named by requirements, and show nothing of operations
_ALWAYS = "securitySchemes"
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
#: what a schema may be called by instead of its place (JSON Schema 2020-12 s8.2)
_NAMES = ("$id", "$anchor", "$dynamicAnchor")


def only_used(document: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the components that nothing leads to, so that they tell nobody of anything."""
    components = document.get("components")
    if not isinstance(components, Mapping):
        return dict(document)
    sections = {name: value for name, value in components.items() if isinstance(value, Mapping)}
    rest = {name: value for name, value in document.items() if name != "components"}
    used = _used(sections, _leads(rest))
    left = {
        section: value
        if section == _ALWAYS or section not in sections
        else {name: each for name, each in value.items() if (section, name) in used}
        for section, value in components.items()
    }
    return {**document, "components": {name: value for name, value in left.items() if value}}


def _used(sections: Mapping[str, Mapping[str, Any]], begin: Iterable[str]) -> set[Component]:
    """The components that references lead to, and those that they lead to in turn."""
    schemas = sections.get(_SCHEMAS, {})
    called, kinds = _called(schemas), _kinds(schemas)
    used: set[Component] = set()
    waiting = [*begin]
    while waiting:
        for found in _meant(waiting.pop(), called):
            section, name = found
            if found in used or name not in sections.get(section, {}):
                continue
            used.add(found)
            waiting += _leads(sections[section][name])
            if section == _SCHEMAS:
                waiting += kinds.get(name, ())
    return used


def _meant(reference: str, called: Mapping[str, Sequence[str]]) -> Iterator[Component]:
    """The components that a reference, or the name of a schema, can mean."""
    if reference.startswith(_START):
        section, _, rest = reference.removeprefix(_START).partition("/")
        written = rest.partition("/")[0]
        for name in (written, unquote(written)):  # RFC 6901 s6: it may be escaped for a URI
            yield section, name.replace("~1", "/").replace("~0", "~")
        return
    yield _SCHEMAS, reference
    for name in called.get(_last(reference), ()):
        yield _SCHEMAS, name


def _leads(value: Any) -> Iterator[str]:
    """Whatever in a value may refer to a component."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text if text.startswith(_START):
                yield text
            case Mapping() as found:
                yield from (found[key] for key in _REFERENCES if isinstance(found.get(key), str))
                yield from _mapped(found.get("discriminator"))
                waiting += found.values()
            case list() as items:
                waiting += items
            case _:
                pass


def _mapped(discriminator: Any) -> Iterator[str]:
    """The schemas that a discriminator names, by name or by reference."""
    mapping = discriminator.get("mapping") if isinstance(discriminator, Mapping) else None
    if isinstance(mapping, Mapping):
        yield from (name for name in mapping.values() if isinstance(name, str))


def _kinds(schemas: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """The schemas that a discriminator chooses among by their names: those made of its own."""
    found: dict[str, list[str]] = {}
    objects = {name: schema for name, schema in schemas.items() if isinstance(schema, Mapping)}
    for name, schema in objects.items():
        for reference in _leads(schema.get("allOf")):
            for _, made_of in _meant(reference, {}):
                if "discriminator" in objects.get(made_of, {}):
                    found.setdefault(made_of, []).append(name)
    return found


def _called(schemas: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """What schemas are called by identifiers and anchors within them -> their names."""
    found: dict[str, list[str]] = {}
    for name, schema in schemas.items():
        waiting = [schema]
        while waiting:
            value = waiting.pop()
            if isinstance(value, Mapping):
                for key in _NAMES:
                    if isinstance(value.get(key), str):
                        found.setdefault(_last(value[key]), []).append(name)
                waiting += value.values()
            elif isinstance(value, list):
                waiting += value
    return found


def _last(reference: str) -> str:
    """The end of a reference: its anchor, or the last piece of its path."""
    path, _, anchor = reference.rstrip("#").partition("#")
    return anchor if anchor and not anchor.startswith("/") else path.rpartition("/")[2]
