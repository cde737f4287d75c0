"""A Django project in one file, with patterns as people write them: `$`, and case ignored."""

from typing import Any

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import include, path, re_path

import scopegate

settings.configure(
    ALLOWED_HOSTS=["localhost"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="for tests alone",
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
)
django.setup()


def told(request: HttpRequest, handler: str, **more: Any) -> JsonResponse:
    """What a view sees."""
    who = scopegate.caller(request)
    return JsonResponse(
        {
            "handler": handler,
            "path": request.path,
            "path_info": request.path_info,
            "method": request.method,
            "subject": who.subject,
            "scopes": sorted(who.scopes),
            **more,
        }
    )


def health(request: HttpRequest) -> JsonResponse:
    return told(request, "health")


async def people(request: HttpRequest) -> JsonResponse:
    return told(request, "people", body=request.body.decode())


def person(request: HttpRequest, name: str) -> JsonResponse:
    return told(request, "person", name=name)


def me(request: HttpRequest) -> JsonResponse:
    return told(request, "me")


def page(request: HttpRequest, name: str) -> JsonResponse:
    return told(request, "page", name=name)


def secret(request: HttpRequest) -> JsonResponse:
    return told(request, "secret")


urlpatterns = [
    re_path(r"^health$", health),
    path("people/", people),
    re_path(r"(?i)^people/me/$", me),
    path("people/<str:name>/", person),
    path("secret/", secret),
    path("pages/<str:name>/", page),
    path("included/", include([path("<slug:name>/", page)])),
]

project = get_asgi_application()
