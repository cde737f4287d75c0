"""Applications that were written without us, behind the guard, served by uvicorn."""
