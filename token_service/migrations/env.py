"""What Alembic runs for each command: the steps, on the connection that run.py hands over."""

from alembic import context

from token_service.migrations.run import configuration_of

connection = context.config.attributes["connection"]
context.configure(connection=connection, **configuration_of(connection))
with context.begin_transaction():
    context.run_migrations()
