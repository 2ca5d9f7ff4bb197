"""Run the catalog service: `python -m catalog_service`."""

from catalog_service.settings import CatalogSettings
from shared.http.serve import serve
from shared.settings import load

if __name__ == "__main__":
    serve("catalog_service.main:create_app", load(CatalogSettings))
