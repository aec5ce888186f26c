"""Boosted trees, asked through LightGBM's C interface.

LightGBM's Python package looks for scikit-learn, pandas and dask as it is imported, which takes seconds and 130 MB
where they are installed. Its library alone takes neither, and a prediction needs no more
(https://lightgbm.readthedocs.io/en/latest/C-API.html). Training uses the package.
"""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import weakref
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_FLOAT32, _RAW_SCORE, _LEAF_INDEX = 0, 1, 2
_ALONE = b"num_threads=1"
_PLACES = ("lib", "", "bin", "../bin", "../lib")
"""Folders, seen from the package, that hold the library in its wheels and in builds of it."""


class TreesError(ValueError):
    """A model that is none, or that does not fit the features."""


class Trees:
    """Boosted trees in LightGBM's text format (`text`).

    Raises:
        TreesError: The text is no model.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.names = _value(text, "feature_names").split(" ")
        self.count = text.count("\nTree=")
        self._handle = ctypes.c_void_p()
        if _value(text, "objective").partition(" ")[0] != "cross_entropy" or not self.count:
            raise TreesError("The text holds no trees that were trained for soft labels.")
        library, loaded = _library(), ctypes.c_int()
        _check(library.LGBM_BoosterLoadModelFromString(text.encode(), ctypes.byref(loaded), ctypes.byref(self._handle)))
        weakref.finalize(self, library.LGBM_BoosterFree, self._handle)

    def score(self, matrix: npt.NDArray[np.float32], first: int = 0, count: int | None = None) -> Floats:
        """The log-odds of each row of `matrix`: the sum over `count` trees (default: all) from tree `first` on."""
        return self._predict(matrix, _RAW_SCORE, first, count)

    def leaves(self, matrix: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.int64]:
        """The leaf that each row reaches in each of the first `count` trees: one row a row, one column a tree."""
        found = self._predict(matrix, _LEAF_INDEX, 0, count)
        return found.astype(np.int64).reshape(len(matrix), -1)

    def _predict(self, matrix: npt.NDArray[np.float32], kind: int, first: int, count: int | None) -> Floats:
        if matrix.ndim != 2 or matrix.shape[1] != len(self.names):
            raise TreesError(f"The trees were trained on {len(self.names)} features, not on {matrix.shape[-1]}.")
        data = np.ascontiguousarray(matrix, dtype=np.float32)
        left = max(self.count - first, 0)
        asked = left if count is None else min(left, max(count, 0))
        out: Floats = np.zeros(len(data) * (asked if kind == _LEAF_INDEX else 1))
        written = ctypes.c_int64()
        if len(data) and asked > 0:
            _check(
                _library().LGBM_BoosterPredictForMat(
                    self._handle, data.ctypes.data_as(ctypes.c_void_p), _FLOAT32, len(data), data.shape[1], 1, kind,
                    first, asked, _ALONE, ctypes.byref(written), out.ctypes.data_as(ctypes.POINTER(ctypes.c_double)),
                )
            )  # fmt: skip
        return out


def _value(text: str, key: str) -> str:
    """What the head of a model's text says of this."""
    head = text.partition("\nTree=")[0]
    return next((line.partition("=")[2] for line in head.splitlines() if line.startswith(f"{key}=")), "")


@functools.cache
def _library() -> ctypes.CDLL:
    """LightGBM's library, from where its package has it."""
    found = importlib.util.find_spec("lightgbm")
    for folder in found.submodule_search_locations or [] if found else []:
        for place in _PLACES:
            for name in ("lib_lightgbm.so", "lib_lightgbm.dylib", "lib_lightgbm.dll"):
                if (path := Path(folder, place, name)).is_file():
                    library = ctypes.CDLL(str(path))
                    library.LGBM_GetLastError.restype = ctypes.c_char_p
                    library.LGBM_BoosterFree.argtypes = [ctypes.c_void_p]
                    return library
    raise ModuleNotFoundError("The library of the package lightgbm was not found; install it anew.", name="lightgbm")


def _check(status: int) -> None:
    if status:
        raise TreesError(_library().LGBM_GetLastError().decode("utf-8", "replace"))
