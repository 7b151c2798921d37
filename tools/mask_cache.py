"""Keeps the masks of filters that were used last, within a bound in bytes.

A mask of a million products is a megabyte: a bound by their number would let shoppers' words fill the memory.
"""

import threading
from collections.abc import Callable, Hashable

import numpy as np
from cachetools import LRUCache

MOST_BYTES = 64 * 2**20


class MaskCache:
    """Masks, (n,) bool, by key; eight rows to a byte, the least recently used let go. Safe to share between threads."""

    def __init__(self, rows: int, most_bytes: int = MOST_BYTES):
        self._rows = rows
        self._kept: LRUCache[Hashable, np.ndarray] = LRUCache(most_bytes, getsizeof=lambda packed: packed.nbytes)
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """How much is kept."""
        return int(self._kept.currsize)

    def get(self, key: Hashable, make: Callable[[], np.ndarray]) -> np.ndarray:
        """The mask of a key, made if it is not kept. The caller may change it."""
        with self._lock:
            packed = self._kept.get(key)
        if packed is not None:
            return np.unpackbits(packed, count=self._rows).astype(bool)
        mask = np.asarray(make(), bool)
        packed = np.packbits(mask)
        with self._lock:
            if packed.nbytes <= self._kept.maxsize:
                self._kept[key] = packed
        return mask
