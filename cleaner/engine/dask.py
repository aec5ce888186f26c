"""Orders through Dask: on a scheduler that is there already, or on workers that are started on this machine."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from tempfile import TemporaryDirectory
from typing import Any

import dask
from distributed import Client, LocalCluster, wait
from distributed.utils import silence_logging_cmgr

from cleaner.engine.cluster import ATTEMPTS, PATIENCE, lost
from cleaner.engine.local import count_processors
from cleaner.errors import EngineError

_DEAF = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
"""What own workers run first: Ctrl-C reaches them, too, but what it means is for the driver to say."""


class _Call:
    """A call that is made where it is unpickled, within the task: a worker without cleaner would end if it had to find
    the function before that, and Dask would wait for another one."""

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self._call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self._call


class Dask:
    """The adapter; see `engine.cluster.Cluster`."""

    def __init__(self, client: Client, held: ExitStack) -> None:
        self._client = client
        self._held = held

    def size(self) -> int:
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return self._client.submit(pickle.loads, pickle.dumps(_Call(function, arguments)), pure=False)

    def wait(self, tasks: Sequence[Any], seconds: float) -> Sequence[Any]:
        try:
            return list(wait(tasks, seconds, "FIRST_COMPLETED").done)
        except TimeoutError:
            return []
        except Exception as e:
            raise lost("dask", e) from e

    def result(self, task: Any) -> Any:
        try:
            return task.result()
        except Exception as e:
            raise lost("dask", e) from e

    def cancel(self, tasks: Sequence[Any]) -> None:
        self._client.cancel(tasks, force=True)

    def close(self) -> None:
        self._held.close()


def connect(scheduler: str | None, workers: int | None) -> Dask:
    """Reach the scheduler at an address such as "tcp://host:8786", or start one with worker processes of its own."""
    with ExitStack() as held:
        held.enter_context(silence_logging_cmgr(logging.CRITICAL))  # what a user must know is in the errors
        if scheduler is None:
            held.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": ATTEMPTS}))
            scratch = held.enter_context(TemporaryDirectory(prefix="cleaner-"))
            own = LocalCluster(
                n_workers=workers or count_processors(), threads_per_worker=1, processes=True, memory_limit=0,
                dashboard_address="localhost:0", local_directory=scratch, silence_logs=logging.CRITICAL,
                preload=[_DEAF],
            )  # fmt: skip
            held.enter_context(own)
        try:
            client = held.enter_context(Client(scheduler or own, timeout=PATIENCE))
        except (OSError, TimeoutError, ValueError) as e:
            raise EngineError(
                f"No Dask scheduler answers at {scheduler} ({e}). `dask scheduler` starts one, and prints its address, "
                "such as tcp://10.0.0.1:8786."
            ) from e
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as e:
            raise EngineError(
                f"The Dask scheduler at {scheduler} has no workers. `dask worker {scheduler}` starts one, on any "
                "machine that sees the same files."
            ) from e
        return Dask(client, held.pop_all())
