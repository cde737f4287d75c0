"""Songs and albums of the demo: everything that the API can do with them, by the same store."""

from typing import Any, ClassVar

from wtforms import Form

from gateway.app.administration.forms import (
    AlbumChange,
    AlbumCreation,
    SongChange,
    SongCreation,
)
from gateway.app.administration.view import Deed, Fields, RefusedChangeError, StaffView
from handlers.ids import LARGEST_ID
from handlers.records import AlbumChanges, AlbumFields, SongFields
from handlers.store import NoSuchAlbumError
from token_service.errors import UnknownNameError


class SongView(StaffView):
    """Songs."""

    name = "Song"
    name_plural = "Songs"
    icon = "fa-solid fa-music"
    can_create = True
    can_edit = True
    can_delete = True
    largest_id = LARGEST_ID
    column_list: ClassVar = ["id", "title", "artist", "year", "album"]
    column_details_list: ClassVar = column_list
    column_searchable_list: ClassVar = ["title", "artist", "album"]
    column_sortable_list: ClassVar = column_list
    form_create_rules: ClassVar = ["create"]

    async def scaffold_form(self, rules: list[str] | None = None) -> type[Form]:
        """The form; the album is chosen once."""
        return SongCreation if rules == self.form_create_rules else SongChange

    def filled(self, row: Any) -> Fields:
        """What may be changed of the song."""
        return {"title": row.title, "artist": row.artist, "year": row.year}

    def create(self, deed: Deed) -> int:
        """Add the song, on an album or on none."""
        album, fields = deed.fields["album"], _song(deed.fields)
        if album is None:
            return self.desk.music.add_song(fields).id
        try:
            return self.desk.music.add_album_song(album, fields).id
        except NoSuchAlbumError as error:
            raise RefusedChangeError(str(error)) from error

    def change(self, deed: Deed) -> None:
        """Write the song anew."""
        self.desk.music.replace_song(deed.row_id, _song(deed.fields))

    def remove(self, deed: Deed) -> None:
        """Remove the song."""
        self.desk.music.remove_song(deed.row_id)


class AlbumView(StaffView):
    """Albums."""

    name = "Album"
    name_plural = "Albums"
    icon = "fa-solid fa-compact-disc"
    can_create = True
    can_edit = True
    can_delete = True
    largest_id = LARGEST_ID
    column_list: ClassVar = ["id", "name", "artist", "username", "release_date", "num_stars"]
    column_details_list: ClassVar = column_list
    column_searchable_list: ClassVar = ["name", "username"]
    column_sortable_list: ClassVar = column_list
    form_create_rules: ClassVar = ["create"]

    async def scaffold_form(self, rules: list[str] | None = None) -> type[Form]:
        """The form."""
        return AlbumCreation if rules == self.form_create_rules else AlbumChange

    def filled(self, row: Any) -> Fields:
        """All of the album."""
        names = ("name", "artist", "release_date", "num_stars")
        return {name: getattr(row, name) for name in names}

    def create(self, deed: Deed) -> int:
        """Add the album."""
        return self.desk.music.add_album(AlbumFields(**self._fields(deed))).id

    def change(self, deed: Deed) -> None:
        """Write the album anew; its songs stay."""
        self.desk.music.change_album(deed.row_id, AlbumChanges(**self._fields(deed)))

    def remove(self, deed: Deed) -> None:
        """Remove the album; its songs stay, on none."""
        self.desk.music.remove_album(deed.row_id)

    def _fields(self, deed: Deed) -> dict[str, Any]:
        names = ("name", "artist", "release_date", "num_stars")
        fields = {name: deed.fields[name] for name in names}
        try:
            self.desk.administration.get_user(fields["artist"])
        except UnknownNameError as error:
            raise RefusedChangeError(str(error)) from error
        return fields


def _song(fields: Fields) -> SongFields:
    return SongFields(fields["title"], fields["artist"], year=fields["year"])
