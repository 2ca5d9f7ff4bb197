"""Django with its templates and sessions: `gunicorn bench.web_peers.django_peer:application`.

The middleware of `django-admin startproject`, sessions in the database, connections that stay
open, compiled templates. /products has the exact count of Django's Paginator, /uncounted knows it.
`python -m bench.web_peers.django_peer` makes its tables and prints the cookie of somebody.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings

_DATABASE = urlsplit(os.environ["PEER_DATABASE_URL"])
settings.configure(
    SECRET_KEY="bench" * 10,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="bench.web_peers.django_peer",
    USE_TZ=True,
    USE_I18N=True,
    USE_THOUSAND_SEPARATOR=True,
    LANGUAGE_CODE="en",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.humanize",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).parent / "templates"],
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": _DATABASE.hostname,
            "PORT": _DATABASE.port,
            "USER": _DATABASE.username,
            "PASSWORD": _DATABASE.password,
            "NAME": _DATABASE.path[1:],
            "CONN_MAX_AGE": None,
        }
    },
)
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.decorators import login_required  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.paginator import Paginator  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402


class Product(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=200)
    sku = models.CharField(max_length=64, null=True)
    price = models.BigIntegerField()
    is_active = models.BooleanField()
    created_at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        db_table = "product"
        managed = False

    @property
    def roubles(self) -> float:
        return self.price / 100


class Known(Paginator):
    """A paginator that knows the count."""

    count = 900_000


def _page(request: HttpRequest, paginator: type[Paginator]) -> HttpResponse:
    found = Product.objects.filter(is_active=True).order_by("-created_at", "-id")
    shown = paginator(found, 20).get_page(request.GET.get("page"))
    return render(request, "products.html", {"shown": shown, "q": request.GET.get("q", "")})


@login_required
def counted(request: HttpRequest) -> HttpResponse:
    return _page(request, Paginator)


@login_required
def uncounted(request: HttpRequest) -> HttpResponse:
    return _page(request, Known)


urlpatterns: list[Any] = [path("products", counted), path("uncounted", uncounted)]
application = get_wsgi_application()


def _somebody() -> str:
    """Make the tables and a person who is signed in; return the value of the cookie."""
    call_command("migrate", verbosity=0)
    user = User.objects.create_user("anna", "anna@example.com", "Samovar$1-kopeck")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["cart_count"] = 3
    session.save()
    return str(session.session_key)


if __name__ == "__main__":
    print(_somebody())
