"""What a worker fetches before an order, and sends after each part, where the work folder is at a URL."""

from __future__ import annotations

from pathlib import Path

from cleaner.corpus.signatures import banding_of, signature_path
from cleaner.engine.messages import Committed, Order, Revised, Revision, Setup
from cleaner.engine.mirror import Mirror
from cleaner.engine.parts import REVISED, Parts


class Exchange:
    """A worker's side of the work folder that a setup names; it does nothing where that is a folder of this machine."""

    def __init__(self, setup: Setup) -> None:
        self._parts = Parts(setup.folder, setup.folder)
        self._banding = banding_of(setup.recipe)
        self._mirror = Mirror(setup.url, setup.folder.parent) if setup.url else None

    def fetch_for(self, order: Order | Revision) -> None:
        """Get the parts that carrying out an order reads."""
        if self._mirror is None:
            return
        if isinstance(order, Revision):
            names = {order.part}
        else:
            names = {piece.part for _, pieces in order.files for piece in pieces if piece.sources > 1}
        self._mirror.fetch(file for name in sorted(names) for file in self._files(name))

    def send_after(self, message: object) -> None:
        """Put there what a message tells of."""
        if self._mirror is None:
            return
        if isinstance(message, Committed):
            self._mirror.send(self._files(message.pieces[0].part))
        if isinstance(message, Revised):
            if self._banding:
                self._mirror.send([signature_path(self._parts.folder, message.name, self._banding)])
            if message.name.startswith(REVISED):
                self._mirror.send(self._files(message.name))

    def _files(self, part: str) -> list[Path]:
        """The files of a part, the commit mark last."""
        return [self._parts.lines(part), self._parts.documents(part)]
