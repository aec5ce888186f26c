"""The supervised pool: orders in, messages out, on this machine's processes.

No pool that is to be had can name the document that hung, crashed or ate the memory, so this one watches its children
itself: the time since a child's last message, its memory, and its death. What fails is tried again in smaller bites
until one source is left; that one is condemned to be a reject, and the work goes on.

Whether a source is `timed_out` or `out_of_memory` depends on the machine: these two are the only outcomes that do. They
are kept in the parts like any other, so later runs on the same state agree, until the source, recipe or code changes.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn

import psutil

import cleaner
from cleaner.engine.messages import (
    Batch,
    Committed,
    Failed,
    FileDone,
    Order,
    Reading,
    Ready,
    Revised,
    Revision,
    Setup,
    frame,
    unframe,
)
from cleaner.errors import CleanerError
from cleaner.recipe import Limits
from cleaner.records import Reject

_TICK = 0.1  # seconds between two looks at the children
_START = 300.0  # seconds that a child may take to be ready
_STRIKES = 3  # attempts at a task that fails where no source can be blamed
_ONE_THREAD = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def count_processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


@dataclass(slots=True)
class Tick:
    """Given out now and then: what has been cleaned and not committed yet, by all children together."""

    documents: int
    rejects: int


Told = Committed | FileDone | Revised | Tick
"""What a pool tells while it carries out orders."""


@dataclass(slots=True)
class _Worker:
    """One child and what it is at."""

    process: subprocess.Popen[bytes]
    log: IO[bytes]
    order: Order | Revision | None = None
    doing: Any = None
    """The last message; None while it starts, Ready while it is idle."""
    since: float = field(default_factory=time.monotonic)
    strikes: int = 0
    buffer: bytearray = field(default_factory=bytearray)
    memory: psutil.Process | None = None
    guilt: tuple[str, str, Any] | None = None
    """Why it was killed, if it was: cause, message, and what it was at."""


class Pool:
    """Children that carry out orders. Use as a context manager: leaving it kills them.

    `size` is how many orders are worked on at a time.
    """

    def __init__(self, workers: int, setup: Setup, limits: Limits, logs: Path) -> None:
        """`logs` is a folder for what the children print."""
        self.size = workers
        self._setup = setup
        self._limits = limits
        self._logs = logs
        self._started = 0
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in list(self._workers):
            self._end(worker)
        self._selector.close()

    def run(self, orders: Iterator[Order | Revision]) -> Generator[Told]:
        """Do orders; messages come as they happen. OSError when a child's disk is full, CleanerError on a defect."""
        waiting = next(orders, None)
        for idle in self._workers:  # since an earlier call
            if waiting:
                idle.order, waiting = waiting, next(orders, None)
                self._send(idle, idle.order)
        looked = 0.0
        while waiting or any(w.order for w in self._workers):
            while waiting and len(self._workers) < self.size:
                self._start(waiting)
                waiting = next(orders, None)
            for selected, _ in self._selector.select(_TICK):
                worker: _Worker = selected.data
                for message in self._receive(worker):
                    if isinstance(message, Committed | FileDone | Revised):
                        _note(worker.order, message)
                        yield message
                    elif isinstance(message, Failed):
                        raise_failure(message)
                    elif isinstance(message, Ready):
                        if worker.doing is not None:  # else it has just started, for the order that it has
                            worker.order, waiting, worker.strikes = waiting, next(orders, None), 0
                        if worker.order:
                            self._send(worker, worker.order)
                    worker.doing, worker.since = message, time.monotonic()
            if time.monotonic() - looked >= _TICK:  # after hearing what was told: the driver may have been stopped
                for worker in list(self._workers):
                    self._watch(worker)
                looked = time.monotonic()
            batches = [w.doing for w in self._workers if isinstance(w.doing, Batch)]
            yield Tick(sum(b.documents for b in batches), sum(b.rejects for b in batches))

    def _start(self, order: Order | Revision, strikes: int = 0) -> None:
        """Start a child for an order, which it gets when it says that it has loaded everything."""
        environment = os.environ | dict.fromkeys(_ONE_THREAD, "1")
        home = str(Path(cleaner.__file__).parent.parent)
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
        self._started += 1
        log = open(self._logs / f"child-{self._started}.log", "w+b")  # noqa: SIM115
        command = [sys.executable, "-P", "-m", "cleaner.engine.child"]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment, process_group=0
        )
        worker = _Worker(process, log, order, strikes=strikes)
        self._workers.append(worker)
        assert process.stdout
        os.set_blocking(process.stdout.fileno(), False)
        self._selector.register(process.stdout, selectors.EVENT_READ, worker)
        self._send(worker, self._setup)

    def _end(self, worker: _Worker) -> None:
        """Kill a child, and clear away what belonged to it."""
        process = worker.process
        assert process.stdin
        assert process.stdout
        process.kill()
        self._workers.remove(worker)
        self._selector.unregister(process.stdout)
        process.wait()
        process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        worker.log.close()

    def _send(self, worker: _Worker, message: Any) -> None:
        """Send an order; that a child died shows when it is next watched."""
        assert worker.process.stdin
        with contextlib.suppress(BrokenPipeError):
            worker.process.stdin.write(frame(message))
            worker.process.stdin.flush()

    def _receive(self, worker: _Worker) -> list[Any]:
        """What a child has told since; nothing when it died."""
        assert worker.process.stdout
        data = os.read(worker.process.stdout.fileno(), 1 << 20)
        if not data:
            self._died(worker)
            return []
        worker.buffer += data
        return unframe(worker.buffer)

    def _watch(self, worker: _Worker) -> None:
        """Kill a child that takes too long or too much memory; what that means is decided when its end is heard."""
        limit = _START if worker.doing is None else self._limits.seconds
        watched = worker.doing is None or isinstance(worker.doing, Reading | Batch)
        if watched and limit and time.monotonic() - worker.since > limit:
            self._kill(worker, "timed_out", f"It took longer than {limit:g} seconds.")
            return
        try:
            worker.memory = worker.memory or psutil.Process(worker.process.pid)
            held = worker.memory.memory_info().rss
        except psutil.Error:
            return
        if self._limits.memory_mb and held > self._limits.memory_mb * 2**20:
            self._kill(worker, "out_of_memory", f"It took more than {self._limits.memory_mb} MB of memory.")

    def _kill(self, worker: _Worker, cause: str, message: str) -> None:
        worker.guilt = worker.guilt or (cause, message, worker.doing)
        worker.process.kill()

    def _died(self, worker: _Worker) -> None:
        """Replace a child that died, and order the rest of its task again with what its death taught."""
        status = worker.process.wait()
        worker.log.seek(0)
        log = worker.log.read().decode("utf-8", "replace")
        self._end(worker)
        order, doing = worker.order, worker.doing
        if worker.guilt:
            cause, message, found_at = worker.guilt
            if found_at is not doing:  # it was done with that after all, just before it was killed
                cause = ""
        elif status == -signal.SIGKILL:
            cause, message = "out_of_memory", "The system killed its process, most likely for want of memory."
        elif status < 0:
            cause, message = "crashed", f"Its process crashed ({signal.Signals(-status).name})."
        else:
            cause, message = "crashed", f"Its process ended with status {status}."
        if order is None:
            return
        if cause and isinstance(order, Order) and isinstance(doing, Batch | Reading):
            _learn(order, doing, cause, message)
        else:
            worker.strikes += 1
            if worker.strikes >= _STRIKES:
                at = "starting" if doing is None else "writing"
                text = f"A worker process failed again and again while {at}. {message}\n{log[-2000:]}"
                raise CleanerError(text.rstrip())
        self._start(order, worker.strikes)


def _note(order: Order | Revision | None, message: Committed | FileDone | Revised) -> None:
    """Take what is done out of a child's order, so that another attempt starts from there."""
    if isinstance(message, Revised):
        return
    assert isinstance(order, Order)
    if isinstance(message, FileDone):
        order.files = [entry for entry in order.files if entry[0].path != message.path]
        return
    for piece in message.pieces:
        for file, pieces in order.files:
            if file.path == piece.path:
                pieces.append(piece)


def _learn(order: Order, doing: Batch | Reading, cause: str, message: str) -> None:
    """Put into an order what a child's failure while `doing` this says. Nothing is condemned at its first failure."""
    if isinstance(doing, Batch):
        (name, path, record), *more = doing.names
        if more or name not in order.alone:
            order.alone |= {name for name, _, _ in doing.names}
        else:
            order.condemned[name] = Reject(path, cause, message, record)
    elif order.careful:
        text = f"The file could not be read on from here. {message}"
        order.stops[doing.path] = (doing.record, Reject(doing.path, cause, text, doing.record or None))
    else:
        order.careful = True


def raise_failure(failed: Failed) -> NoReturn:
    """Raise what a worker told: what a person can mend as it is, all else as a defect."""
    if isinstance(failed.error, OSError | CleanerError):
        raise failed.error
    raise CleanerError(
        f"A worker failed: {failed.error}. This is a defect of cleaner: please report it. The next run goes on where "
        f"this one stopped.\n{failed.trace}"
    )
