"""What Alembic runs to migrate: it takes the connection handed over, and opens none."""

from alembic import context

from handlers.migrations import VERSION_TABLE
from handlers.models import Model

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Model.metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
