"""A worker process: `python -m cleaner.engine.child`. Orders come in on stdin, messages go out on stdout.

Started as a plain command, not by `multiprocessing`, so that a run works from notebooks and from scripts without a
main guard. Whatever happens, it does not outlive the process that started it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import queue
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any, BinaryIO

from cleaner.engine.messages import Failed, Order, Reading, Ready, Revised, Revision, Setup, frame, unframe
from cleaner.errors import StorageError, TargetError

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Take orders until stdin closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver decides what an interrupt means
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what libraries print must not get among the messages
    orders: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    setup: Setup = orders.get()
    _die_with(setup.parent)
    _work(setup, orders, out)


def _work(setup: Setup, orders: queue.SimpleQueue[Any], out: BinaryIO) -> None:
    """Do tasks, one after the other."""
    import pyarrow as pa

    from cleaner.cleaning import clean_batch
    from cleaner.engine.exchange import Exchange
    from cleaner.engine.revise import revise_part
    from cleaner.engine.task import run_task
    from cleaner.records import Source

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    clean_batch([Source("<p>warm up</p>", kind="html"), Source("warm up", kind="text")], setup.recipe)
    exchange = Exchange(setup)
    out.write(frame(Ready()))
    last_path, last_time = "", 0.0
    order: Order | Revision

    def tell(message: Any) -> None:
        nonlocal last_path, last_time
        now = time.monotonic()
        if isinstance(message, Reading):
            if message.path == last_path and now - last_time < 0.2 and not (isinstance(order, Order) and order.careful):
                return
            last_path, last_time = message.path, now
        else:
            last_path = ""
            exchange.send_after(message)
        out.write(frame(message))

    while True:
        order = orders.get()
        try:
            exchange.fetch_for(order)
            if isinstance(order, Revision):
                revise_part(order, setup.recipe, setup.folder)
                tell(Revised(order.name))
            else:
                run_task(order, setup.recipe, setup.key, setup.folder, tell)
        except Exception as e:
            out.write(frame(Failed(_plain(e), traceback.format_exc())))
        else:
            out.write(frame(Ready()))


def _plain(error: Exception) -> BaseException:
    """An error that any process can unpickle."""
    if isinstance(error, StorageError | TargetError):
        return error
    if isinstance(error, OSError):
        return OSError(error.errno, error.strerror or str(error))
    return RuntimeError(f"{type(error).__name__}: {error}")


def _listen(orders: queue.SimpleQueue[Any]) -> None:
    """Hand on what comes in, in a thread: end of input means that the driver is gone, and this process goes, too.

    It reads past Python's own stdin, whose lock a thread must not hold when the process ends.
    """
    buffer = bytearray()
    try:
        while data := os.read(0, 1 << 20):
            buffer += data
            for message in unframe(buffer):
                orders.put(message)
    finally:
        os._exit(0)


def _die_with(parent: int) -> None:
    """On Linux: be killed when the driver dies, even while a library holds the interpreter; and be the first to go
    when the machine runs out of memory."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        Path("/proc/self/oom_score_adj").write_text("500")
    if os.getppid() != parent:
        os._exit(0)


if __name__ == "__main__":
    main()
