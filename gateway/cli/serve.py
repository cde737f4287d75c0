"""`scopegate serve`: the gateway with the token service mounted."""

from types import ModuleType

from gateway.cli import serve_options as option
from gateway.cli.hangups import holding_hangups
from gateway.cli.spared import sparing
from gateway.cli.talk import new_app

app = new_app("Run the gateway with the token service mounted.")


@app.command()
def serve(
    spec: option.Spec = None,
    demo: option.Demo = False,
    mock: option.Mock = False,
    handlers: option.Handlers = None,
    upstream: option.Upstream = None,
    observe: option.Observe = False,
    reload: option.Reload = False,
    strip_authorization: option.StripAuthorization = False,
    check: option.Check = False,
    host: option.Host = None,
    port: option.Port = None,
    home: option.Home = None,
    workers: option.Workers = None,
    issuer: option.Issuer = None,
    audience: option.Audience = None,
    base_path: option.BasePath = None,
    only: option.Only = None,
    tolerate: option.Tolerate = False,
    undeclared_security: option.Undeclared = None,
    response_validation: option.Validation = None,
    quiet: option.Quiet = False,
) -> None:
    """Serve a document: decide each request, answer by handlers, a backend, examples or 501."""
    flags: dict[str, object] = {
        "spec": spec, "host": host, "port": port, "home": home, "workers": workers,
        "trusted_issuer": issuer, "trusted_audience": audience, "base_path": base_path,
        "only": only, "tolerate": tolerate or None, "upstream": upstream,
        "observe": observe or None, "strip_authorization": strip_authorization or None,
        "undeclared_security": undeclared_security, "response_validation": response_validation,
    }  # fmt: skip
    with holding_hangups():
        serving = load_serving()
        choices = serving.Choices(
            mock=mock, handlers=handlers, quiet=quiet or check, reload=reload and not check
        )
        run = serving.check if check else serving.serve
        run(flags, choices, demo=demo)


def worker() -> object:
    """Build the application of one of several worker processes."""
    return load_serving().worker()


def load_serving() -> ModuleType:
    """What serves: Connexion, SQLAlchemy and uvicorn load when they are needed."""
    with sparing():
        from gateway.cli import serving
    return serving
