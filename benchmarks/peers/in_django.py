"""Django, DRF and django-oauth-toolkit with opaque tokens in SQLite, as many are served today.

`python -m benchmarks.peers.in_django` makes the database, and prints its tokens by name as JSON.
"""

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django
from django.conf import settings

_NAME = "benchmarks.peers.in_django"
_SCOPES = {
    "read": "read",
    "create": "create",
    "read_alternative": "songs admin",
    "create_alternative": "widget post",
    "wrong": "write other",
    "half": "admin post",
}
settings.configure(
    SECRET_KEY="x" * 50,
    ROOT_URLCONF=_NAME,
    ALLOWED_HOSTS=["*"],
    USE_TZ=True,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "oauth2_provider",
        "rest_framework",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["BENCH_DATABASE"],
            "CONN_MAX_AGE": None,
        }
    },
    OAUTH2_PROVIDER={
        "SCOPES": {scope: scope for held in _SCOPES.values() for scope in held.split()}
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": (
            "oauth2_provider.contrib.rest_framework.OAuth2Authentication",
        ),
        "DEFAULT_RENDERER_CLASSES": ("rest_framework.renderers.JSONRenderer",),
        "DEFAULT_PARSER_CLASSES": ("rest_framework.parsers.JSONParser",),
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

# these can be imported once Django is set up
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402
from oauth2_provider.contrib.rest_framework import TokenMatchesOASRequirements  # noqa: E402
from oauth2_provider.models import AccessToken, Application  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from benchmarks.songs.data import ADDING, READING, SONGS  # noqa: E402


class NewSong(serializers.Serializer):
    """A song to add."""

    title = serializers.CharField(min_length=1, max_length=200)
    artist = serializers.CharField()
    year = serializers.IntegerField()


class Songs(APIView):
    """The songs, by the requirements that Scopegate's document writes."""

    permission_classes = (TokenMatchesOASRequirements,)
    required_alternate_scopes = {  # noqa: RUF012  # read by the permission class alone
        "GET": [sorted(one) for one in READING],
        "POST": [sorted(one) for one in ADDING],
    }

    def get(self, _request: Any) -> Any:
        """Answer the songs."""
        return Response(list(SONGS))

    def post(self, request: Any) -> Any:
        """Answer the body with an id."""
        song = NewSong(data=request.data)
        song.is_valid(raise_exception=True)
        return Response({"id": 5, **song.validated_data}, status=201)


urlpatterns = [path("songs", Songs.as_view())]
app = get_wsgi_application()


def make_tokens() -> dict[str, str]:
    """Make the database and a token of each kind."""
    call_command("migrate", verbosity=0)
    user = User.objects.create(username="bench")
    application = Application.objects.create(
        name="bench",
        user=user,
        client_type="confidential",
        authorization_grant_type="password",
    )
    for name, scope in _SCOPES.items():
        AccessToken.objects.create(
            user=user,
            application=application,
            token=f"{name:-<40}",
            scope=scope,
            expires=timezone.now() + timedelta(days=1),
        )
    return {name: f"{name:-<40}" for name in _SCOPES}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(make_tokens()))
