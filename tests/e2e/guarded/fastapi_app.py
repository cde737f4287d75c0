"""The FastAPI application behind the guard."""

import os
from pathlib import Path

import scopegate
from tests.e2e.guarded.fastapi_api import api

app = scopegate.guard(
    api,
    spec=Path(__file__).with_name("openapi.yaml"),
    home=os.environ.get("GUARDED_HOME"),
    issuer=os.environ.get("GUARDED_ISSUER"),
    audience=os.environ.get("GUARDED_AUDIENCE"),
)
