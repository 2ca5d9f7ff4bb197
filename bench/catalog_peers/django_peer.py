"""Django REST framework with SimpleJWT: `gunicorn bench.catalog_peers.django_peer:application`.

/products has numbered pages with an exact count, /walk has cursors and no count: what the
framework's PageNumberPagination and CursorPagination do. Connections to PostgreSQL stay open.
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
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
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
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "rest_framework_simplejwt.authentication.JWTStatelessUserAuthentication"
        ],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    SIMPLE_JWT={
        "ALGORITHM": "RS256",
        "VERIFYING_KEY": Path(os.environ["PEER_PUBLIC_KEY"]).read_text(),
        "AUDIENCE": "vitrina",
        "ISSUER": "http://localhost:8000",
        "USER_ID_CLAIM": "sub",
        "TOKEN_TYPE_CLAIM": None,
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import generics, pagination, serializers  # noqa: E402


class Product(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=200)
    sku = models.CharField(max_length=64, null=True)
    price = models.BigIntegerField()
    is_active = models.BooleanField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        db_table = "product"
        managed = False


class ProductSerializer(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = ("id", "name", "sku", "price", "created_at", "updated_at", "is_active")


class Numbered(pagination.PageNumberPagination):
    page_size = 20


class Walk(pagination.CursorPagination):
    page_size = 20
    ordering = ("-created_at", "-id")


class Products(generics.ListAPIView):
    queryset = (
        Product.objects.filter(is_active=True)
        .only(*ProductSerializer.Meta.fields)
        .order_by("-created_at", "-id")
    )
    serializer_class = ProductSerializer
    pagination_class: Any = Numbered


urlpatterns = [
    path("products", Products.as_view()),
    path("walk", Products.as_view(pagination_class=Walk)),
]
application = get_wsgi_application()
