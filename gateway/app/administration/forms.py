"""The forms of the pages: which fields there are, and what each one takes."""

from collections.abc import Callable
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    Field,
    Form,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from handlers.ids import LARGEST_ID
from token_service.entities import GrantType
from token_service.errors import InvalidValueError
from token_service.values import (
    check_email,
    check_name,
    check_password,
    check_scopes,
    check_text,
    check_username,
)

_BOX = {"class": "form-check-input"}
_INPUT = {"class": "form-control"}
_NEW_SECRET = {**_INPUT, "autocomplete": "new-password"}
_LARGEST_STARS = 2**31 - 1


def fits(check: Callable[[str], object]) -> Callable[[Form, Field], None]:
    """A validator that asks a check of the token service."""

    def validate(_form: Form, field: Field) -> None:
        try:
            check(field.data or "")
        except InvalidValueError as error:
            raise ValidationError(str(error)) from error

    return validate


def _text(label: str, *validators: Any, **more: Any) -> Field:
    return StringField(label, validators=validators, render_kw=_INPUT, **more)


def _title(label: str) -> Field:
    return _text(label, InputRequired(), Length(1, 200), fits(lambda text: _without_nul(text)))


def _without_nul(text: str) -> None:
    if "\0" in text:
        raise InvalidValueError("text", "this holds a character that no text has")


def _password(label: str, *validators: Any, **more: Any) -> Field:
    """A field that never shows what was typed, not even after a mistake elsewhere."""
    checks = (*validators, fits(check_password))
    return PasswordField(label, validators=checks, render_kw=_NEW_SECRET, **more)


def _scopes() -> Field:
    return TextAreaField(
        "Scopes",
        validators=[fits(check_scopes)],
        render_kw=_INPUT,
        description="* for all that the document declares, or scopes with a space between",
    )


class Changed(Form):
    """A form that changes something that is there."""

    #: what it showed at first
    seen = HiddenField()


class UserCreation(Form):
    """A new user."""

    username = _text("Username", InputRequired(), fits(check_username))
    password = _password("Password", InputRequired())
    email = _text("Email", fits(check_email))
    first_name = _text("First name", fits(lambda text: check_text("first_name", text)))
    last_name = _text("Last name", fits(lambda text: check_text("last_name", text)))
    is_staff = BooleanField("Staff", render_kw=_BOX)
    groups = SelectMultipleField("Groups", render_kw=_INPUT)


class UserChange(Changed):
    """What may be changed of a user."""

    email = UserCreation.email
    first_name = UserCreation.first_name
    last_name = UserCreation.last_name
    is_active = BooleanField(
        "Active", render_kw=_BOX, description="Without it his tokens and sessions end at once."
    )
    is_staff = UserCreation.is_staff
    groups = UserCreation.groups
    password = _password(
        "New password",
        Optional(),
        description="Left empty, the old one stays. A new one ends his grants and sessions.",
    )


class GroupCreation(Form):
    """A new group."""

    name = _text("Name", InputRequired(), fits(lambda text: check_name("name", text)))
    scopes = _scopes()


class GroupChange(Changed):
    """What may be changed of a group."""

    scopes = _scopes()


class ClientChange(Changed):
    """What may be changed of a client."""

    name = _text("Name", InputRequired(), fits(lambda text: check_name("name", text)))
    is_active = BooleanField(
        "Active", render_kw=_BOX, description="Without it the client's tokens end at once."
    )
    grants = SelectMultipleField(
        "Grants", choices=[grant.value for grant in GrantType], render_kw=_INPUT
    )
    scopes = _scopes()
    redirect_uris = TextAreaField("Redirect URIs", render_kw=_INPUT, description="one a line")


class SongChange(Changed):
    """What may be changed of a song; it stays on its album."""

    title = _title("Title")
    artist = _title("Artist")
    year = IntegerField(
        "Year", validators=[Optional(), NumberRange(min=0, max=9999)], render_kw=_INPUT
    )


class SongCreation(Form):
    """A new song."""

    title = _title("Title")
    artist = _title("Artist")
    year = SongChange.year
    album = IntegerField(
        "Album",
        validators=[Optional(), NumberRange(min=1, max=LARGEST_ID)],
        render_kw=_INPUT,
        description="the id of the album that it is on, if it is on one",
    )


class AlbumCreation(Form):
    """A new album."""

    name = _title("Name")
    artist = IntegerField(
        "Artist",
        validators=[InputRequired(), NumberRange(min=1, max=LARGEST_ID)],
        render_kw=_INPUT,
        description="the id of a user",
    )
    release_date = DateField("Release date", validators=[InputRequired()], render_kw=_INPUT)
    num_stars = IntegerField(
        "Stars",
        validators=[InputRequired(), NumberRange(min=0, max=_LARGEST_STARS)],
        render_kw=_INPUT,
    )


class AlbumChange(AlbumCreation, Changed):
    """What may be changed of an album: all of it."""
