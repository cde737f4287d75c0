"""The first tables: albums and songs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "albums",
        sa.Column("id", _ID, nullable=False),
        sa.Column("artist", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("release_date", sa.Date(), nullable=False),
        sa.Column("num_stars", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_albums"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "songs",
        sa.Column("id", _ID, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("artist", sa.String(200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("album_id", _ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_songs"),
        sa.ForeignKeyConstraint(
            ["album_id"], ["albums.id"], name="fk_songs_album_id", ondelete="SET NULL"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_songs_album_id", "songs", ["album_id"])


def downgrade() -> None:
    op.drop_index("ix_songs_album_id", table_name="songs")
    op.drop_table("songs")
    op.drop_table("albums")
