"""The form of the page: what to act as, a scheme at a time, and which operations to see."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from gateway.edge.matrix.asked import Asked
from gateway.edge.matrix.table import by_scheme, name_html, text
from gateway.edge.matrix.view import View
from gateway.policy.matrix import Column
from gateway.policy.solve import AtomKind
from gateway.spec.model import SchemeName, Scope

PATH = "/-/matrix"

_PASTE = """<details class="paste" id="paste" hidden><summary>Paste a token</summary>
<label for="token">Access token (a JWT)</label>
<p class="quiet" id="token-hint">It is read as soon as it is here, by this page alone: not sent,
not stored, and not verified.</p>
<textarea id="token" rows="3" autocomplete="off" autocapitalize="off" spellcheck="false"
aria-describedby="token-hint"></textarea></details>
<div id="token-told" role="status"></div>"""


def form_html(view: View, asked: Asked) -> Iterator[str]:
    """The form; it works without scripts too."""
    yield f'<form class="ask" id="ask" method="get" action="{PATH}">'
    yield "<h2>Act as</h2>"
    yield from _columns(view, asked)
    yield "<h2>Show</h2>"
    yield from _filters(view, asked)
    yield '<p class="buttons"><button type="submit" id="submit">Show</button> '
    yield f'<a class="button" id="clear" href="{PATH}">Clear all</a></p></form>'
    yield _PASTE


def _columns(view: View, asked: Asked) -> Iterator[str]:
    columns = by_scheme(view.matrix.columns)
    if not columns:
        yield '<p class="quiet">No operation asks for anything that could be ticked.</p>'
        return
    yield '<p class="find" id="find" hidden><label for="find-scope">Find a scope</label>'
    yield '<input type="search" id="find-scope" autocomplete="off"></p>'
    yield '<div class="schemes">'
    number = 0
    for scheme, own in columns.items():
        kind = view.loaded.policy.schemes[scheme].kind.value
        yield f"<fieldset{_trusted(view, scheme)}>"
        yield f'<legend>{text(scheme)} <span class="quiet">{kind}</span></legend>'
        descriptions = _descriptions(view, scheme)
        for column in own:
            yield _choice(view, column, asked, descriptions, number=number)
            number += 1
        yield "</fieldset>"
    yield "</div>"


def _choice(
    view: View, column: Column, asked: Asked, descriptions: Mapping[Scope, str], *, number: int
) -> str:
    atom = column.atom
    gives = " ".join(map(str, view.gives(column)))
    checked = " checked" if column.label in asked.ticked else ""
    name = "any credential" if atom.kind is AtomKind.CREDENTIAL else name_html(column)
    is_dead = atom.kind is AtomKind.SCOPE and atom.name in view.matrix.undeclared
    notes = [descriptions.get(Scope(atom.name), "")] if atom.kind is AtomKind.SCOPE else []
    notes += ["no client can get it"] if is_dead else []
    told = "; ".join(note for note in notes if note)
    note = f' <span class="quiet note">{text(told)}</span>' if told else ""
    return (
        f'<label class="choice"><input type="checkbox" name="as" value="{_value(column.label)}" '
        f'id="as-{number}" data-kind="{atom.kind.value}" data-name="{_value(atom.name)}" '
        f'data-number="{view.numbers[view.openings.told(atom)]}" data-gives="{gives}" '
        f'data-missing="{_value(view.names[view.openings.told(atom)])}"{checked}>'
        f"<span>{name}{note}</span></label>"
    )


def _value(value: str) -> str:
    """As it is, for what is compared must not be changed; only markup is escaped."""
    return escape(value)


def _trusted(view: View, scheme: SchemeName) -> str:
    """Whose tokens prove a scheme, and where their scopes stand."""
    trust = view.trust(scheme)
    if trust is None:
        return ""
    return (
        f' data-issuer="{_value(trust.issuer)}" data-audience="{_value(trust.audience)}" '
        f'data-claim="{_value(trust.rules.scope_claim)}"'
    )


def _descriptions(view: View, scheme: SchemeName) -> Mapping[Scope, str]:
    flows = view.loaded.description.schemes[scheme].flows
    return {scope: told for flow in flows for scope, told in flow.scopes.items()}


def _filters(view: View, asked: Asked) -> Iterator[str]:
    tags = _tags(view)
    if tags:
        options = "".join(
            f'<option value="{_value(tag)}"{" selected" if tag == asked.tag else ""}>'
            f"{text(tag)}</option>"
            for tag in tags
        )
        yield '<p class="field"><label for="tag">Tag</label>'
        yield f'<select id="tag" name="tag"><option value="">all tags</option>{options}'
        yield "</select></p>"
    yield '<p class="field"><label for="path">Method or path holds</label>'
    yield f'<input type="search" id="path" name="path" value="{_value(asked.path)}"></p>'


def _tags(view: View) -> Sequence[str]:
    return tuple(dict.fromkeys(tag for row in view.matrix.rows for tag in row.operation.tags))
