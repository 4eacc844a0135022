"""Child processes that end when the process that started them is gone.

A parent that is killed cannot tell its children. But the kernel closes its end of the pipe that
`multiprocessing` keeps between the two, and that is what a child watches here.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import parent_process
from multiprocessing.connection import wait

GRACE_SECONDS = 4.0
"""How long a process may take to save where it stands."""


def die_with_parent() -> None:
    """Kill this process as soon as its parent is gone, whatever it is doing then."""
    parent = parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        import fcntl

        # A thread has to wait while C code holds the GIL, perhaps for ever; a signal has not.
        fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(parent.sentinel, fcntl.F_SETSIG, signal.SIGKILL)
        flags = fcntl.fcntl(parent.sentinel, fcntl.F_GETFL)
        fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)
    # The thread is for other systems, and for a parent that was gone before the signal was set.
    _when_gone(parent.sentinel, lambda: os._exit(1))


def stop_with_parent() -> None:
    """Send this process SIGTERM when its parent is gone, and end it after `GRACE_SECONDS`."""
    parent = parent_process()
    if parent is not None:
        _when_gone(parent.sentinel, _stop)


def _when_gone(sentinel: int, action: Callable[[], None]) -> None:
    def watch() -> None:
        wait([sentinel])
        action()

    threading.Thread(target=watch, name="evo-parent", daemon=True).start()


def _stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)
