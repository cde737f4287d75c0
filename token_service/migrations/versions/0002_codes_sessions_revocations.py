"""Authorization and device codes, sessions, login links, revocations; grants that tokens name."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _widen_clients()
    _widen_grants()
    _create_codes()
    _create_device_codes()
    _create_sessions()
    op.create_table(
        "revocations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("issued_until", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revocations"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_revocations_expires_at", "revocations", ["expires_at"])
    op.create_index("ix_revocations_value", "revocations", ["value"])


def downgrade() -> None:
    for table in ("revocations", "login_links", "sessions", "device_codes", "authorization_codes"):
        op.drop_table(table)
    with op.batch_alter_table("grants", table_kwargs={"sqlite_autoincrement": True}) as grants:
        grants.drop_constraint("uq_grants_public_id", type_="unique")
        for column in ("access_expires_at", "last_used_at", "resource", "public_id"):
            grants.drop_column(column)
    with op.batch_alter_table("clients", table_kwargs={"sqlite_autoincrement": True}) as clients:
        clients.drop_index("ix_clients_owner_id")
        clients.drop_constraint("fk_clients_owner_id", type_="foreignkey")
        clients.drop_column("last_used_at")
        clients.drop_column("owner_id")


def _widen_clients() -> None:
    with op.batch_alter_table("clients", table_kwargs={"sqlite_autoincrement": True}) as clients:
        clients.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        clients.add_column(sa.Column("last_used_at", sa.BigInteger(), nullable=True))
        clients.create_foreign_key(
            "fk_clients_owner_id", "users", ["owner_id"], ["id"], ondelete="SET NULL"
        )
        clients.create_index("ix_clients_owner_id", ["owner_id"])


def _widen_grants() -> None:
    """Older grants get an id that no token of theirs carries; those tokens live to their end."""
    with op.batch_alter_table("grants", table_kwargs={"sqlite_autoincrement": True}) as grants:
        grants.add_column(sa.Column("public_id", sa.String(36), nullable=True))
        grants.add_column(sa.Column("resource", sa.Text(), nullable=True))
        grants.add_column(sa.Column("last_used_at", sa.BigInteger(), nullable=True))
        grants.add_column(sa.Column("access_expires_at", sa.BigInteger(), nullable=True))
    table = sa.table(
        "grants",
        sa.column("id", sa.Integer),
        sa.column("public_id", sa.String),
        sa.column("created_at", sa.BigInteger),
        sa.column("last_used_at", sa.BigInteger),
        sa.column("access_expires_at", sa.BigInteger),
    )
    connection = op.get_bind()
    for grant_id in connection.execute(sa.select(table.c.id)).scalars().all():
        values = {
            "public_id": str(uuid.uuid4()),
            "last_used_at": table.c.created_at,
            "access_expires_at": table.c.created_at,
        }
        connection.execute(sa.update(table).where(table.c.id == grant_id).values(values))
    with op.batch_alter_table("grants", table_kwargs={"sqlite_autoincrement": True}) as grants:
        grants.alter_column("public_id", existing_type=sa.String(36), nullable=False)
        grants.alter_column("last_used_at", existing_type=sa.BigInteger(), nullable=False)
        grants.alter_column("access_expires_at", existing_type=sa.BigInteger(), nullable=False)
        grants.create_unique_constraint("uq_grants_public_id", ["public_id"])


def _create_codes() -> None:
    op.create_table(
        "authorization_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=True),
        sa.Column("code_challenge", sa.String(128), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("grant_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_authorization_codes"),
        sa.UniqueConstraint("code_hash", name="uq_authorization_codes_code_hash"),
        *_owned_by("authorization_codes", client_id="clients", user_id="users", grant_id="grants"),
        sqlite_autoincrement=True,
    )
    _index("authorization_codes", "client_id", "user_id", "expires_at", "grant_id")


def _create_device_codes() -> None:
    op.create_table(
        "device_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_code_hash", sa.String(64), nullable=False),
        sa.Column("user_code_hash", sa.String(64), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=True),
        sa.Column("interval", sa.Integer(), nullable=False),
        sa.Column("polled_at", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_device_codes"),
        sa.UniqueConstraint("device_code_hash", name="uq_device_codes_device_code_hash"),
        sa.UniqueConstraint("user_code_hash", name="uq_device_codes_user_code_hash"),
        *_owned_by("device_codes", client_id="clients", user_id="users", grant_id="grants"),
        sqlite_autoincrement=True,
    )
    _index("device_codes", "client_id", "user_id", "expires_at", "grant_id")


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
        *_owned_by("sessions", user_id="users"),
    )
    _index("sessions", "user_id", "expires_at")
    op.create_table(
        "login_links",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_login_links"),
        *_owned_by("login_links", user_id="users"),
    )
    _index("login_links", "user_id", "expires_at")


def _owned_by(table: str, **owners: str) -> list[sa.ForeignKeyConstraint]:
    """A foreign key for each column, by the table it names; rows go with their owner."""
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{owner}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE"
        )
        for column, owner in owners.items()
    ]


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])
