"""Who mailings come from: nobody's example, and no process that people wait for."""

import subprocess
import sys

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

from mailing_service.mail_settings import MailSettings
from mailing_service.sending_settings import SendingSettings
from shared.smtp.server import Tls

OWN = {
    "MAILING_FROM": "Tea <news@shop.example.com>",
    "postal_address": "Tea Ltd, 5 Real Street, 12345 Town",
}


@pytest.mark.parametrize("left_out", ["MAILING_FROM", "postal_address"])
@pytest.mark.parametrize("host", ["smtp.example.com", "localhost"])
def test_a_real_mail_server_wants_a_real_identity(left_out: str, host: str) -> None:
    own = {name: value for name, value in OWN.items() if name != left_out}

    with pytest.raises(ValidationError, match="is the example"):
        MailSettings.model_validate({"smtp_host": host, "smtp_port": 587, **own})
    MailSettings.model_validate({"smtp_host": host, "smtp_port": 587, **OWN})


@pytest.mark.parametrize("server", [{}, {"smtp_host": "127.0.0.1", "smtp_port": 1025}])
def test_a_catcher_takes_the_example(server: dict[str, object]) -> None:
    assert MailSettings.model_validate(server).has_catcher


SPARE = {"spare_smtp_host": "smtp.example.com", "spare_smtp_password": "a password"}


@pytest.mark.parametrize("wanted", [Tls.NONE, None])
def test_the_password_of_the_spare_crosses_no_network_in_the_clear(wanted: Tls | None) -> None:
    tls = {} if wanted is None else {"spare_smtp_tls": wanted}
    with pytest.raises(ValidationError, match="in the clear; set MAILING_SPARE_SMTP_TLS"):
        WorkerSettings.model_validate({**SPARE, **tls})


@pytest.mark.parametrize(
    "safe",
    [
        {"spare_smtp_tls": Tls.STARTTLS},
        {"spare_smtp_tls": Tls.TLS},
        {"spare_smtp_host": "127.0.0.1"},
        {"spare_smtp_password": None},
    ],
)
def test_the_password_of_the_spare_may_go_where_it_is_safe(safe: dict[str, object]) -> None:
    WorkerSettings.model_validate({**SPARE, **safe})


class WorkerSettings(SendingSettings):
    """As the worker has them."""

    model_config = SettingsConfigDict(env_prefix="MAILING_")


def test_the_web_process_cannot_speak_to_a_mail_server() -> None:
    program = (
        "import sys, mailing_service.main; print(*sorted({'mailing_service.sending.dispatcher',"
        " 'mailing_service.sending.sender', 'shared.smtp.connections'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == ""
