"""`scopegate settings`: each value and where it came from."""

import json
from dataclasses import fields
from typing import Annotated, Any

import typer

from gateway.cli.document import settings_here
from gateway.cli.talk import Format, new_app, say, say_json
from gateway.settings import SECRET_KEYS, CertificateSettings, SchemeSettings, Settings

app = new_app("Show each setting and where it comes from.")
_NOT_A_SETTING = frozenset({"origins", "schemes"})
_SCHEME_SECRETS = frozenset({"client_secret"})


@app.command()
def show(form: Annotated[Format, typer.Option("--format")] = Format.TEXT) -> None:
    """Print name, value and origin of each setting; secrets are masked."""
    settings = settings_here({})
    rows = [
        {
            "name": f"SCOPEGATE_{field.name.upper()}",
            "value": _shown(settings, field.name),
            "origin": settings.origins[field.name],
        }
        for field in fields(settings)
        if field.name not in _NOT_A_SETTING
    ]
    if form is Format.JSON:
        schemes = {name: _scheme(scheme) for name, scheme in settings.schemes.items()}
        say_json({"settings": rows, "schemes": schemes})
        return
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        say(f"{row['name']:<{width}}  {row['value'] or '-'}  ({row['origin']})")
    for name, scheme in settings.schemes.items():
        told = ", ".join(f"{key} {_told(value)}" for key, value in _scheme(scheme).items())
        say(f"[schemes.{name}]  {told}")


def _shown(settings: Settings, name: str) -> str:
    value: Any = getattr(settings, name)
    match value:
        case None:
            return ""
        case bool():
            return "on" if value else "off"
        case tuple():
            return " ".join(value)
        case _ if name in SECRET_KEYS or "://" in str(value):
            return _masked(str(value))
        case _:
            return str(value)


def _told(value: Any) -> str:
    """A value of a table in a line."""
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return " ".join(value)
        case dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _masked(url: str) -> str:
    """A URL without its password, and without what its query might say."""
    scheme, separator, rest = url.partition("://")
    user, at, place = rest.rpartition("@")
    host, asks, query = place.partition("?")
    name = f"{user.partition(':')[0]}:***" if at else ""
    names = "&".join(f"{piece.partition('=')[0]}=***" for piece in query.split("&") if piece)
    return f"{scheme}{separator}{name}{at}{host}{asks}{names}"


def _scheme(scheme: SchemeSettings) -> dict[str, Any]:
    """What a table says, without its secrets; what it says of certificates as it is written."""
    values = {field.name: getattr(scheme, field.name) for field in fields(scheme)}
    values |= _certificate(values.pop("certificate"))
    values |= dict.fromkeys(_SCHEME_SECRETS & {n for n, value in values.items() if value}, "***")
    return {name: value for name, value in values.items() if value}


def _certificate(certificate: CertificateSettings | None) -> dict[str, Any]:
    if certificate is None:
        return {}
    return {
        "certificate_header": certificate.header,
        "certificate_form": certificate.form,
        "verified_header": certificate.verified_header,
        "subjects": {subject: list(roles) for subject, roles in certificate.subjects.items()},
    }
