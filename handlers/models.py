"""The tables of the demo API, as SQLAlchemy maps them; rows stay within the store."""

from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

#: SQLite counts up only what is declared INTEGER, and that holds 64 bits there
_Id = BigInteger().with_variant(Integer(), "sqlite")


class Model(DeclarativeBase):
    """The root of the demo's tables; every constraint has a name, so migrations can drop it."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
        }
    )


class AlbumRow(Model):
    """An album; `artist` is a user's id, and users live in a tree of their own: no foreign key."""

    __tablename__ = "albums"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 -- read by SQLAlchemy once

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    artist: Mapped[int] = mapped_column(BigInteger())
    name: Mapped[str] = mapped_column(String(200))
    release_date: Mapped[date] = mapped_column(Date())
    num_stars: Mapped[int] = mapped_column(Integer())


class SongRow(Model):
    """A song, on an album or on none."""

    __tablename__ = "songs"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 -- read by SQLAlchemy once

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    artist: Mapped[str] = mapped_column(String(200))
    year: Mapped[int | None] = mapped_column(Integer())
    album_id: Mapped[int | None] = mapped_column(
        ForeignKey(AlbumRow.id, ondelete="SET NULL"), index=True
    )
