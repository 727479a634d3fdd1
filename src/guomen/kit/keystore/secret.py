"""Bytes that do not show themselves by accident."""

from typing import Any, SupportsIndex


class Secret(bytes):
    """A key. It is used as the bytes that it is, but printing, formatting, logging or rendering it says nothing.

    It is not pickled either: a key travels to no other process and into no cache. ``hex()`` still tells it: who writes
    that means it.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(hidden)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __getitem__(self, part: Any) -> Any:
        found = super().__getitem__(part)
        return Secret(found) if isinstance(part, slice) else found

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        raise TypeError("a key is not pickled")

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self
