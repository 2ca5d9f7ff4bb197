"""Threads that hash step back for everybody else, and get their turn soon."""

import os
import sys
import threading

import pytest

from auth_service.crypto.passwords import Argon2Parameters, PasswordHasher
from auth_service.process.threads import hand_over_soon


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of threads")
async def test_only_the_threads_that_hash_are_nice() -> None:
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    hasher = PasswordHasher(Argon2Parameters(memory_kib=8, time_cost=1), workers=2)

    async def niceness() -> int:
        return await hasher._run(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    try:
        assert await niceness() == min(19, before + 5)
        assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
    finally:
        hasher.close()


def test_the_interpreter_changes_hands_soon() -> None:
    before = sys.getswitchinterval()
    try:
        hand_over_soon()
        assert sys.getswitchinterval() == pytest.approx(0.0005)
    finally:
        sys.setswitchinterval(before)
