"""What every command shares: errors become one message and an exit code, and the streams take any text."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, ParamSpec

import typer

from cleaner.errors import CleanerError

P = ParamSpec("P")
INTERRUPTED = 130
_STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def command(function: Callable[P, None]) -> Callable[P, None]:
    """Make errors a message and an exit code: no traceback reaches a user, unless CLEANER_DEBUG=1 asks for it."""

    @functools.wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        safe_streams()
        try:
            function(*args, **kwargs)
            sys.stdout.flush()
        except BrokenPipeError:  # the reader, `head` for instance, has seen enough
            close_stdout()
        except CleanerError as error:
            _fail(str(error), error.exit_code, error)
        except KeyboardInterrupt as error:
            kept = " The work done so far is kept; the same command goes on from there."
            _fail("interrupted." + (kept if function.__name__ in ("run", "publish") else ""), INTERRUPTED, error)
        except OSError as error:
            where = f": {_named(error.filename)}" if error.filename is not None else ""
            _fail(f"{error.strerror or error}{where}.", 1, error)
        except typer.Exit:
            raise
        except MemoryError as error:
            _fail("there is not enough memory. Fewer workers need less: `--workers 1`.", 1, error)
        except Exception as error:
            said = f"cleaner met something it did not expect: {type(error).__name__}: {error}"
            _fail(f"{said}\nPlease report it, with what the same command prints when CLEANER_DEBUG=1 is set.", 1, error)

    return guarded


@contextlib.contextmanager
def extra(name: str) -> Iterator[None]:
    """For what needs an extra: where one of its packages is missing, say how to get it."""
    try:
        yield
    except ModuleNotFoundError as error:
        said = f"The package {error.name} is not installed. `pip install 'cleaner-corpus[{name}]'` brings it along."
        raise CleanerError(said) from error


def _fail(message: str, code: int, error: BaseException) -> NoReturn:
    """Print one message on stderr and leave with `code`."""
    if os.environ.get("CLEANER_DEBUG") == "1":
        traceback.print_exception(error)
    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    warn(message, "\x1b[1;31merror:\x1b[0m" if colour else "error:")
    raise typer.Exit(code) from None


def warn(message: str, label: str = "") -> None:
    """Print a message on stderr; what could steer the terminal is written as an escape."""
    safe = _STEERING.sub(lambda found: ascii(found[0])[1:-1], message)
    with contextlib.suppress(OSError):
        print(*([label] if label else []), safe, file=sys.stderr, flush=True)


def _named(name: Any) -> str:
    return os.fsdecode(name) if isinstance(name, (str, bytes)) else str(name)


def safe_streams() -> None:
    """No character may stop the output: what the encoding cannot say is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def data_stream() -> None:
    """Data that goes to a file or a pipe is UTF-8, whatever the terminal speaks."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def close_stdout() -> None:
    """Nobody reads any more: what is still in the buffer goes nowhere, and Python stays quiet about it at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
