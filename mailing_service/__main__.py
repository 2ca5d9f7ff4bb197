"""Run the mailing service: `python -m mailing_service`."""

from mailing_service.settings import MailingSettings
from shared.http.serve import serve
from shared.settings import load

if __name__ == "__main__":
    serve("mailing_service.main:create_app", load(MailingSettings))
