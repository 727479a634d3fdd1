"""What the scan path remembers: the latest used, up to a size. What strangers ask for cannot fill the memory."""

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Latest(Generic[K, V]):
    """The latest used values up to a total ``most``; each counts with the size that it is given."""

    def __init__(self, most: int) -> None:
        self.most, self.size = most, 0
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def size_of(self, key: K) -> int:
        """With which size a value counts; 0 for one that is not kept."""
        found = self._kept.get(key)
        return found[1] if found else 0

    def put(self, key: K, value: V, size: int = 1) -> None:
        self.drop(key)
        self._kept[key] = (value, size)
        self.size += size
        while self.size > self.most and len(self._kept) > 1:
            _, (_, gone) = self._kept.popitem(last=False)
            self.size -= gone

    def drop(self, key: K) -> None:
        found = self._kept.pop(key, None)
        if found:
            self.size -= found[1]

    def __len__(self) -> int:
        return len(self._kept)
