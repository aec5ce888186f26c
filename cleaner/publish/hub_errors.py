"""What the Hub's client raises, in one sentence that says what to do; and its own output kept off the screen."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

from huggingface_hub.errors import (
    HfHubHTTPError,
    HFValidationError,
    LocalTokenNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)
from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

from cleaner.errors import CleanerError, InputError, TargetError

_AGAIN = "The same command goes on where this one stopped."
_TOKEN = "set HF_TOKEN to a token with write access (https://huggingface.co/settings/tokens), or run `hf auth login`"


@contextlib.contextmanager
def told(name: str) -> Iterator[None]:
    """Turn what the client raises over a repository into one sentence.

    The client lets errors of its HTTP library, whichever that is, through; so all are taken.
    """
    try:
        yield
    except CleanerError:
        raise
    except HFValidationError as e:
        raise InputError(f"{name} is no name for a dataset on the Hub: {_first_line(e)}") from e
    except Exception as e:
        raise TargetError(_sentence(name, e)) from e


@contextlib.contextmanager
def quiet() -> Iterator[list[str]]:
    """Keep the client's progress bars and warnings off the screen; gives the warnings, filled as they come."""
    shown = not are_progress_bars_disabled()
    disable_progress_bars()
    said: list[str] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UserWarning)
            yield said
        said += [" ".join(str(warning.message).split()) for warning in caught]
    finally:
        if shown:
            enable_progress_bars()


def _sentence(name: str, error: BaseException) -> str:
    found: BaseException | None = error
    while found is not None and not isinstance(found, HfHubHTTPError | OfflineModeIsEnabled | LocalTokenNotFoundError):
        found = found.__cause__  # what went wrong in a thread that uploads is the cause of what is raised
    if isinstance(found, OfflineModeIsEnabled):
        return "HF_HUB_OFFLINE is set, which forbids all connections to the Hub. Unset it and try again."
    if isinstance(found, LocalTokenNotFoundError):
        return f"The Hub asks who you are: {_TOKEN}."
    if not isinstance(found, HfHubHTTPError):
        said = f"{type(error).__name__}: {_first_line(error)}"
        return f"The Hub cannot be reached for {name} ({said}). Check the connection, and HF_ENDPOINT if set. {_AGAIN}"
    status, said = found.response.status_code, _first_line(found.server_message or found)
    if status == 401:
        return f"The Hub does not know you, or does not show you {name} ({said}): {_TOKEN}."
    if status == 403:
        return f"Your token may not do that with {name} ({said}): use one of a member, with write access."
    if isinstance(found, RepositoryNotFoundError):
        return f"There is no dataset {name} on the Hub, or it is private and your token may not see it: {_TOKEN}."
    if status in (409, 412):
        return f"Somebody else has changed {name} meanwhile ({said}). See what is there and run the same command again."
    if status == 429 or status >= 500:
        return f"The Hub is too busy just now for {name} (status {status}: {said}). Wait a little. {_AGAIN}"
    return f"The Hub refused what was asked of it for {name} (status {status}: {said}). {_AGAIN}"


def _first_line(said: object) -> str:
    lines = [line.strip() for line in str(said).splitlines() if line.strip()]
    return (lines[0] if lines else type(said).__name__)[:200].rstrip(".")
