"""The pool of a cluster: the same orders in, the same messages out, on the machines of a Dask or Ray cluster.

What a scheduler has to do is little, and stands in `dask.py` and `ray.py`. The rest is here: at most so many orders
under way, and what a worker does with one of them. There it goes through a local pool of one child, so that a page that
hangs or crashes costs one reject, as on one machine. The child stays between orders, since starting it takes seconds.

A worker that dies in the midst of an order costs time only: the scheduler gives the order to another one, and the parts
that it makes are named by their content, so those that were there already are written again with the same bytes.
"""

from __future__ import annotations

import importlib
import os
import pickle
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import pyarrow as pa

import cleaner
from cleaner.code import code_hash
from cleaner.engine.local import Pool, Tick, Told, raise_failure
from cleaner.engine.messages import Failed, Order, Revision, Setup
from cleaner.errors import CleanerError, EngineError, RecipeError
from cleaner.recipe import Limits

ENGINES = ("local", "dask", "ray")
_LOOK = 0.2  # seconds between two signs of life
_IDLE = 60.0  # seconds that a worker's child waits for another order
ATTEMPTS = 3
"""How often an order is given to another worker when the one that had it died."""
PATIENCE = 30
"""Seconds that a scheduler may take to answer, and its first worker to be there."""


class Cluster(Protocol):
    """What a scheduler's adapter does."""

    def size(self) -> int:
        """How many orders the workers that are there now can do at a time; at least 1."""

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Have a worker call a function; gives what stands for its result."""

    def wait(self, tasks: Sequence[Any], seconds: float) -> Sequence[Any]:
        """Those of the tasks that are done, as soon as there is one, or none after so many seconds."""

    def result(self, task: Any) -> Any:
        """What the function gave. EngineError when it was not called, or its workers died ATTEMPTS times."""

    def cancel(self, tasks: Sequence[Any]) -> None:
        """Nobody wants the results of these any more."""

    def close(self) -> None:
        """Let go of the cluster; end it when it was started for this run."""


class ClusterPool:
    """Does what `engine.local.Pool` does, on a cluster. Use as a context manager: leaving it lets go of the cluster."""

    def __init__(self, cluster: Cluster, setup: Setup, limits: Limits, raw: str, at_most: int | None = None) -> None:
        """`raw` is what all orders read; `at_most` bounds how many are worked on at a time."""
        folder = setup.folder.absolute()
        self._cluster = cluster
        self._setup = pickle.dumps((replace(setup, folder=folder), limits))
        places = (raw, setup.url or str(folder))
        self._places = [place if "://" in place else os.path.abspath(place) for place in places]
        self._at_most = at_most

    @property
    def size(self) -> int:
        """How many orders are worked on at a time."""
        return min(self._cluster.size(), self._at_most or sys.maxsize)

    def __enter__(self) -> ClusterPool:
        return self

    def __exit__(self, *_: object) -> None:
        self._cluster.close()

    def run(self, orders: Iterator[Order | Revision]) -> Generator[Told]:
        """Do orders; the messages of each come when it is done. Raises what `Pool.run` does, and EngineError."""
        tasks: list[Any] = []
        versions = versions_here()
        waiting = next(orders, None)
        try:
            while tasks or waiting:
                while waiting and len(tasks) < (self._at_most or 2 * self.size):  # so that no worker waits for its next
                    tasks.append(
                        self._cluster.submit(carry_out, versions, self._places, self._setup, pickle.dumps(waiting))
                    )
                    waiting = next(orders, None)
                for task in self._cluster.wait(tasks, _LOOK):
                    tasks.remove(task)
                    for message in self._cluster.result(task):
                        if isinstance(message, Failed):
                            raise_failure(message)
                        yield message
                yield Tick(0, 0)
        finally:
            if tasks:
                self._cluster.cancel(tasks)


AnyPool = Pool | ClusterPool


def check_engine(engine: str, scheduler: str | None) -> None:
    """RecipeError when there is no such engine, or it has no use for a scheduler."""
    if engine not in ENGINES:
        raise RecipeError(f"There is no engine {engine!r}. Use one of: {', '.join(ENGINES)}.")
    if engine == "local" and scheduler is not None:
        raise RecipeError("The local engine has no scheduler. Name its engine: `--engine dask` or `--engine ray`.")


def open_cluster(
    engine: str, scheduler: str | None, workers: int | None, setup: Setup, limits: Limits, raw: str
) -> ClusterPool:
    """Connect to a cluster, or start one on this machine when no `scheduler` is named.

    EngineError when it cannot be reached or has no workers; RecipeError when the engine's packages are missing.
    """
    try:
        adapter = importlib.import_module(f"cleaner.engine.{engine}")
    except ModuleNotFoundError as e:
        raise RecipeError(
            f"The engine {engine!r} needs the package {e.name}, which is not installed: run "
            f"`pip install 'cleaner-corpus[{engine}]'`, here and on every machine of the cluster."
        ) from e
    return ClusterPool(adapter.connect(scheduler, workers), setup, limits, raw, workers if scheduler else None)


def lost(engine: str, error: Exception) -> EngineError:
    """What to say when a task came to nothing on the cluster."""
    lines = str(error).strip().splitlines() or [""]
    said = lines[-1 if any("Traceback" in line for line in lines) else 0]
    return EngineError(
        f"A task came to nothing on the {engine.capitalize()} cluster ({type(error).__name__}: {said.rstrip(':')}). "
        f"Either cleaner-corpus[{engine}] is not installed where the workers run, or the scheduler or workers were "
        "lost: their logs say more. The same command goes on where this run stopped."
    )


# what a worker does


def carry_out(versions: dict[str, str], places: list[str], setup: bytes, order: bytes) -> list[Any]:
    """Do an order on a worker of the cluster: its messages, of which the last is Failed when it cannot be done.

    `versions` are the driver's `versions_here`, `places` the folders that both must see. The rest comes pickled: it is
    opened only where they agree.
    """
    try:
        _check(versions, places)
        return _keeper().carry_out(setup, pickle.loads(order))
    except (CleanerError, OSError) as e:
        return [Failed(e, "")]
    except Exception as e:
        return [Failed(RuntimeError(f"{type(e).__name__}: {e}"), traceback.format_exc())]


def versions_here() -> dict[str, str]:
    """What driver and workers must have in common, by name."""
    return {
        "Python": ".".join(map(str, sys.version_info[:2])),
        "cleaner": cleaner.__version__,
        "pyarrow": pa.__version__,
        "code, model and libraries": code_hash()[:12],
    }


def _check(versions: dict[str, str], places: list[str]) -> None:
    """EngineError when this worker is not like the driver, or does not see what the driver sees."""
    here = versions_here()
    pairs = [(what, here.get(what), wanted) for what, wanted in versions.items()]
    if other := [f"{what} {has} instead of {wanted}" for what, has, wanted in pairs if has != wanted]:
        raise EngineError(
            f"The worker on {socket.gethostname()} has {', '.join(other)}: its results could differ. Install the same "
            f"there as here: Python {versions['Python']}, the same build of cleaner-corpus, and the same versions of "
            "what it depends on (`pip freeze > requirements.txt` here, `pip install -r requirements.txt` there)."
        )
    for place in places:
        if "://" not in place and not os.path.lexists(place):
            raise EngineError(
                f"The worker on {socket.gethostname()} does not see {place}. On a cluster, RAW and the work folder "
                "(`--work`, else PROCESSED) must lie where every worker finds them: on shared storage, or at a URL."
            )


class _Keeper:
    """Keeps a pool of one child open between the orders of a run, and for a while after the last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._setup = b""
        self._pool: Pool | None = None
        self._own: Path | None = None
        self._exit = ExitStack()
        self._timer = threading.Timer(_IDLE, self.close)

    def carry_out(self, setup: bytes, order: Order | Revision) -> list[Any]:
        """Do an order; gives its messages. Raises what `Pool.run` does."""
        with self._lock:
            self._timer.cancel()
            if setup != self._setup or not self._pool:
                self._close()
                self._setup, self._pool = setup, self._open(setup)
            try:
                messages = [message for message in self._pool.run(iter([order])) if not isinstance(message, Tick)]
                for sent in self._own.rglob("*.parquet") if self._own else ():
                    sent.unlink()
            except BaseException:
                self._close()
                raise
            self._timer = threading.Timer(_IDLE, self.close)
            self._timer.daemon = True
            self._timer.start()
            return messages

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._close()

    def _open(self, setup: bytes) -> Pool:
        of_run, limits = pickle.loads(setup)
        logs = self._exit.enter_context(TemporaryDirectory(prefix="cleaner-"))
        if of_run.url:  # part files go there and come from there, by way of a folder of this worker's own
            self._own = Path(logs, "state")
            of_run = replace(of_run, folder=self._own / "parts")
            of_run.folder.mkdir(parents=True)
        return self._exit.enter_context(Pool(1, replace(of_run, parent=os.getpid()), limits, Path(logs)))

    def _close(self) -> None:
        self._exit.close()
        self._pool = self._own = None


_kept = threading.local()  # a child dies with the thread that started it, and does one order at a time


def _keeper() -> _Keeper:
    """This thread's keeper."""
    if not hasattr(_kept, "keeper"):
        _kept.keeper = _Keeper()
    keeper: _Keeper = _kept.keeper
    return keeper
