"""Orders through Ray: on a cluster that is there already, or on one that is started on this machine."""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import ray
from ray.exceptions import RayError

from cleaner.engine.cluster import ATTEMPTS, lost
from cleaner.engine.local import count_processors
from cleaner.errors import EngineError


class Ray:
    """The adapter; see `engine.cluster.Cluster`."""

    def __init__(self, own: bool) -> None:
        """`own`: the connection was made for this run, and ends with it."""
        self._own = own
        self._remote: dict[Callable[..., Any], Any] = {}

    def size(self) -> int:
        return max(1, int(ray.cluster_resources().get("CPU", 0)))

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        if function not in self._remote:
            self._remote[function] = ray.remote(num_cpus=1, max_retries=ATTEMPTS)(function)
        return self._remote[function].remote(*arguments)

    def wait(self, tasks: Sequence[Any], seconds: float) -> Sequence[Any]:
        done: list[Any] = ray.wait(list(tasks), timeout=seconds)[0]
        return done

    def result(self, task: Any) -> Any:
        try:
            return ray.get(task)
        except RayError as e:
            raise lost("ray", e) from e

    def cancel(self, tasks: Sequence[Any]) -> None:
        for task in tasks:
            with contextlib.suppress(RayError, ValueError):
                ray.cancel(task, force=True)

    def close(self) -> None:
        if self._own:
            ray.shutdown()


def connect(scheduler: str | None, workers: int | None) -> Ray:
    """Reach the cluster at "auto" (the one of this machine), "host:6379" or "ray://host:10001", or start one here.

    Where this process is connected with Ray already, that connection is used, and outlives the run.
    """
    if ray.is_initialized():
        return Ray(own=False)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # else it tells its makers
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.CRITICAL}
    try:
        with warnings.catch_warnings(action="ignore"):  # what a user must know is in the errors
            if scheduler in (None, "local"):
                ray.init("local", num_cpus=workers or count_processors(), include_dashboard=False, **quiet)
            else:
                ray.init(scheduler, **quiet)
    except (RayError, OSError, RuntimeError, ValueError) as e:
        raise EngineError(
            f"No Ray cluster can be reached at {scheduler or 'this machine'} ({e}). `ray start --head` starts one, "
            "which is found as `--scheduler auto` on the same machine, as ray://HOST:10001 from others. If it wants a "
            "token, set RAY_AUTH_MODE here as it is set there."
        ) from e
    return Ray(own=True)
