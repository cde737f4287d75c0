"""The schema of the token service's tables, step by step (Alembic)."""
