"""Run a command and end it when the process that started it is gone.

Standard library only, and run as a file (``python -E -S reaper.py …``), so that it starts in a few
milliseconds. The reaper's standard input is a pipe whose other end only the parent holds: closing
it and dying, even by ``kill -9``, are the same event, on Linux and on macOS. The reaper stands in a
session of its own, so a Ctrl-C in the terminal reaches the parent alone, which decides the order.
"""

import argparse
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stop", action="append", default=[], metavar="SIGNAL:SECONDS")
    parser.add_argument("--user", type=int, help="the user id to run the command as")
    parser.add_argument("--group", type=int)
    parser.add_argument("--keep", type=int, action="append", default=[], metavar="FD")
    parser.add_argument("--remove", type=Path, action="append", default=[], metavar="FOLDER")
    parser.add_argument("command", nargs="+")
    return parser.parse_args()


def _spawn(arguments: argparse.Namespace) -> subprocess.Popen[bytes]:
    """Start the command; it inherits the output of the reaper and nothing of its input."""
    return subprocess.Popen(
        arguments.command,
        stdin=subprocess.DEVNULL,
        pass_fds=arguments.keep,
        user=arguments.user,
        group=arguments.group,
        extra_groups=[] if arguments.user is not None else None,
        umask=0o077,
    )


def _wait_for_the_end(child: subprocess.Popen[bytes], wakeup: int) -> None:
    """Block until the parent is gone, SIGTERM came, or the command has ended.

    SIGCHLD comes too when the command is stopped or goes on again, and neither is its end.
    """
    while child.poll() is None:
        ready, _, _ = select.select([sys.stdin.fileno(), wakeup], [], [])
        if sys.stdin.fileno() in ready or signal.SIGTERM in os.read(wakeup, 64):
            return


def _stop(child: subprocess.Popen[bytes], steps: list[str]) -> None:
    """Send the signals of ``steps`` in turn, each with its timeout, and SIGKILL at last.

    A stopped command gets none of them before it goes on.
    """
    for step in [*steps, "KILL:60"]:
        name, _, seconds = step.partition(":")
        child.send_signal(signal.Signals[f"SIG{name}"])
        child.send_signal(signal.SIGCONT)
        try:
            child.wait(float(seconds))
        except subprocess.TimeoutExpired:
            continue
        return


def _remove(folder: Path) -> None:
    """Remove a folder that dying children may still write to."""
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.02)


def release(reaper: "subprocess.Popen[bytes]") -> None:
    """For the parent: let go of a running reaper, and wait until it has ended its command."""
    if reaper.stdin:
        reaper.stdin.close()
    reaper.wait()


def main() -> int:
    arguments = _arguments()
    wakeup, written = os.pipe()
    os.set_blocking(written, False)
    signal.set_wakeup_fd(written, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A parent may hold signals back while it starts us, and a mask is inherited.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    child = _spawn(arguments)
    _wait_for_the_end(child, wakeup)
    if child.poll() is None:
        _stop(child, arguments.stop)
    for folder in arguments.remove:
        _remove(folder)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    sys.exit(main())
