"""Put on the path of processes by the engine's tests: swaps the cleaning for a quick one that can misbehave."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

if "cleaner.engine.child" in sys.orig_argv:
    import fake_cleaning

    import cleaner.cleaning
    import cleaner.read

    cleaner.cleaning.clean_batch = fake_cleaning.clean_batch
    _read_file = cleaner.read.read_file

    def _hostile_read(file, recipe):  # type: ignore[no-untyped-def]
        """The real reader, but that records which say so spoil the reading itself."""
        for found in _read_file(file, recipe):
            data = getattr(found, "data", b"")
            text = data if isinstance(data, str) else data.decode("utf-8", "replace")
            if text.startswith("!reading "):
                fake_cleaning.misbehave(text.split()[1])
            yield found

    cleaner.read.read_file = _hostile_read

    if full := os.environ.get("TEST_FULL_DISK"):
        import cleaner.engine.parts

        _replace = os.replace

        def _full_replace(source, target):  # type: ignore[no-untyped-def]
            if Path(full).exists() and len(os.listdir(Path(target).parent)) > 4:
                raise OSError(errno.ENOSPC, "No space left on device")
            _replace(source, target)

        cleaner.engine.parts.os.replace = _full_replace
