"""Run the web service: `python -m web_service`."""

from shared.http.serve import serve
from shared.settings import load
from web_service.settings import WebSettings

if __name__ == "__main__":
    serve("web_service.main:create_app", load(WebSettings))
