"""Who has a data folder: one process at a time, until its end, however that comes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from standalone import running
from standalone.running import AlreadyRunning
from standalone.settings import StandaloneSettings
from standalone.tests.conftest import ROOT

pytestmark = pytest.mark.timing


@pytest.fixture
def settings(tmp_path: Path) -> StandaloneSettings:
    return StandaloneSettings(vitrina_data=tmp_path, gateway_port=8300, public_url=None)


def test_nobody_runs_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert running.find(StandaloneSettings(vitrina_data=tmp_path / "none")) is None


def test_a_second_one_learns_of_the_first(settings: StandaloneSettings) -> None:
    with running.claim(settings):
        running.tell(settings, postgres_port=5555)
        found = running.find(settings)
        assert found is not None
        assert (found.process, found.url) == (os.getpid(), "http://localhost:8300")
        assert found.ports["postgres_port"] == 5555
        today = settings.model_copy(update={"gateway_port": 8000})
        assert found.settings(today).gateway_port == 8300
        with pytest.raises(AlreadyRunning) as refusal, running.claim(today):
            pass
        assert refusal.value.running == found
    assert running.find(settings) is None
    with running.claim(settings, what=running.RESTORE):
        found = running.find(settings)
        assert found is not None
        assert found.what == running.RESTORE


def test_the_folder_of_a_killed_process_is_free(settings: StandaloneSettings) -> None:
    code = (
        "import sys, time; from standalone import running;"
        "from standalone.settings import StandaloneSettings;"
        f"claim = running.claim(StandaloneSettings(vitrina_data={str(settings.vitrina_data)!r}));"
        "claim.__enter__(); print('claimed', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "claimed\n"
        found = running.find(settings)
        assert found is not None
        assert found.process == holder.pid
        holder.send_signal(signal.SIGKILL)
    assert running.find(settings) is None
    with running.claim(settings):
        pass
