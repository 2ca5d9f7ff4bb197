"""What threads that hash and the thread that answers must know of each other."""

import os
import sys
import threading

_STEP = 5
_SWITCH_INTERVAL = 0.0005  # seconds


def hand_over_soon() -> None:
    """Let a thread that has made a hash go on with the next after half a millisecond.

    Between two hashes it needs the interpreter, which by itself the thread that answers gives up
    every 5 ms only: a fifth of the time of a hash, lost for each.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL)


def be_nice() -> None:
    """Have the system prefer others to the thread that calls this, where threads have a priority.

    Elsewhere than on Linux that would be the whole process.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        own = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, own + _STEP)
