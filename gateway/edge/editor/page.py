"""The page of the editor, and the frame in it that Swagger Editor runs in."""

from collections.abc import Iterator
from pathlib import PurePath

from gateway.edge.editor.statics import BASE
from gateway.edge.matrix.form import PATH as MATRIX
from gateway.edge.matrix.table import text
from gateway.load import LoadedDocument

#: nothing but our own script and style, and nobody to send anything to but ourselves
PAGE_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    b"frame-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
#: what Swagger Editor cannot do without (docs/decisions/0030), held by an origin of its own
FRAME_POLICY = (
    b"default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    b"img-src data:; font-src data:; worker-src blob:; connect-src 'none'; form-action 'none'; "
    b"frame-ancestors 'self'; base-uri 'none'; sandbox allow-scripts"
)

_TOGGLES = (("text", "Text"), ("rendered", "Rendered"), ("changes", "What changes"))

_UNLOCK = """<form class="unlock notice" id="unlock" hidden>
<label for="key">Editor key</label>
<p class="quiet" id="key-hint">It was printed where the server started, and is kept by this page
alone. Without it nothing is checked or saved.</p>
<p class="error" id="key-error" role="alert"></p>
<p class="buttons"><input type="password" id="key" autocomplete="off" spellcheck="false"
aria-describedby="key-hint key-error"> <button type="submit">Unlock</button></p></form>"""

_MERGE = """<section class="merge" id="merge" aria-labelledby="merge-head" tabindex="-1" hidden>
<h2 id="merge-head">The file was changed meanwhile</h2>
<p>Nothing was saved, and nothing is lost: choose what goes into the text, place by place.</p>
<div id="merge-blocks"></div>
<p class="fault" id="merge-told" role="status"></p>
<p class="buttons"><button type="button" class="primary" id="merge-use">Use the merged text</button>
<button type="button" id="merge-mine">Use mine</button>
<button type="button" id="merge-disk">Use the file's</button>
<button type="button" id="merge-later">Decide later</button></p></section>"""

_CHANGES = """<section class="changes" id="changes" aria-labelledby="changes-head" tabindex="0">
<h2 id="changes-head">What changes</h2>
<div id="faults"></div><div id="diff"><p class="quiet">Nothing was checked yet.</p></div>
<div id="findings"></div>
<details class="matrix" id="matrix" open hidden><summary>Who may call what</summary>
<p class="quiet" id="matrix-about"></p><div id="matrix-table"></div></details>
<div id="others"></div></section>"""


def page_html(loaded: LoadedDocument, file: str) -> Iterator[str]:
    """The page; what is edited it asks for itself."""
    description, name = loaded.description, PurePath(file).name
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield f"<title>Edit {text(name)} · {text(description.title)}</title>"
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f'<link rel="stylesheet" href="{MATRIX}/matrix.css">'
    yield f'<link rel="stylesheet" href="{BASE}/editor.css">'
    yield f'<script type="module" src="{BASE}/editor.js"></script></head>'
    yield '<body class="page editor"><a class="skip" href="#changes">Skip to what changes</a>'
    yield f'<header class="masthead"><p class="api">{text(description.title)} '
    yield f'<span class="quiet">{text(description.version)}</span></p>'
    yield f'<p class="links"><a href="{MATRIX}">Matrix</a></p></header>'
    yield f'<main><div class="bar"><h1>Edit <span class="file">{text(name)}</span></h1>'
    yield '<div class="saving"><p class="quiet" id="why" role="status">Nothing to save</p>'
    yield '<button type="button" class="primary" id="save" disabled aria-describedby="why">'
    yield 'Save</button></div><p class="lead" id="verdict" role="status">Loading</p>'
    yield '<div class="tools" role="group" aria-label="Panes">'
    for pane, label in _TOGGLES:
        yield f'<button type="button" aria-pressed="true" data-pane="{pane}">{label}</button>'
    yield "</div></div>"
    yield "<noscript><p class='notice'>The editor needs JavaScript. Without it, edit the file as "
    yield "you like: the server reads it anew whenever it is saved, and <code>scopegate diff"
    yield "</code> says what an edit opens.</p></noscript>"
    yield _UNLOCK
    yield '<p class="notice" id="limits" hidden></p>'
    yield _MERGE
    yield '<div class="bench" id="bench"><div class="swagger" id="swagger">'
    yield f'<iframe id="frame" src="{BASE}/frame" sandbox="allow-scripts" '
    yield 'title="Swagger Editor: text and rendered document"></iframe>'
    yield '<label class="words" for="plain">Text of the document</label>'
    yield '<textarea id="plain" spellcheck="false" autocomplete="off" autocapitalize="off" hidden>'
    yield '</textarea><p class="quiet hint" id="hint">In the text, Esc leads out of it. '
    yield '<button type="button" class="line" id="use-plain">Use a plain text field</button></p>'
    yield "</div>"
    yield _CHANGES
    yield "</div></main></body></html>"


def frame_html() -> str:
    """The document that Swagger Editor runs in."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Swagger Editor</title>'
        f'<link rel="stylesheet" href="{BASE}/swagger-editor.css">'
        f'<link rel="stylesheet" href="{BASE}/frame.css"></head>'
        f'<body><div id="swagger-editor"></div><script src="{BASE}/storage.js"></script>'
        f'<script src="{BASE}/swagger-editor-bundle.js"></script>'
        f'<script src="{BASE}/frame.js"></script></body></html>'
    )
