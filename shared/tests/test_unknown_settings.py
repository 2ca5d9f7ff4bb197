"""A misspelt setting is named, with the one that was meant; what others put there is not."""

import logging
from typing import Annotated

import pytest
from pydantic import AliasChoices, Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings
from shared.unknown_settings import variables, warn_of_unknown


class Some(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SOME_")

    user_limit: int = 1
    both: Annotated[int, Field(validation_alias=AliasChoices("BOTH", "SOME_BOTH"))] = 1


class More(Some):
    of_operators: int = 1


def test_settings_are_known_by_every_name_they_have() -> None:
    known = variables(Some)
    assert {"SOME_USER_LIMIT", "SOME_PORT", "BOTH", "SOME_BOTH", "LOG_LEVEL"} <= known
    assert "SOME_OF_OPERATORS" in known
    assert "SOME_LOG_LEVEL" not in known


def test_a_misspelt_setting_is_named_with_the_nearest(caplog: pytest.LogCaptureFixture) -> None:
    environment = {
        "SOME_USR_LIMIT": "1",
        "some_user_limit": "2",
        "SOME_XYZ_WHATEVER_0": "3",
        "OTHER_USR_LIMIT": "4",
        "SOME_BOTH": "5",
        "SOME_OF_OPERATORS": "6",
        "SOME_SERVICE_HOST": "10.0.0.1",
        "SOME_SERVICE_PORT_HTTP": "8000",
        "SOME_PORT_8000_TCP_ADDR": "10.0.0.1",
        "SOME_REPLICAS": "2",
    }
    with caplog.at_level(logging.WARNING):
        warn_of_unknown(Some, environment)
    told = [(r.__dict__["setting"], r.__dict__["nearest"]) for r in caplog.records]
    assert told == [("SOME_USR_LIMIT", "SOME_USER_LIMIT"), ("SOME_XYZ_WHATEVER_0", None)]


def test_settings_without_a_prefix_warn_of_nothing(caplog: pytest.LogCaptureFixture) -> None:
    warn_of_unknown(ServiceSettings, {"ANYTHING": "1"})
    assert not caplog.records
