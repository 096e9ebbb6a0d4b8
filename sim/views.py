"""The named tuples of columns that rules are handed.

numba keys machine code by the class of a named tuple and must find that class again by name
when it loads the code from disk, so the classes are made here, with lasting names.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    from sim.world.world import World

__all__ = ["columns"]


def columns(owner: str, kind: str, names: list[str], world: World) -> Any:
    """The columns `names` of `kind` as a named tuple `<owner>_<kind>_...` of whole-world arrays."""
    label = f"{owner}_{kind}_{crc32(' '.join(names).encode()):08x}"
    made: Any = globals().get(label)
    if made is None:
        made = globals()[label] = _named(label, names)
    table = world.tables[kind]
    return made(*(table[name] for name in names))


def _named(label: str, names: list[str]) -> Any:
    made: Any = namedtuple(label, names)  # type: ignore[misc]
    made.__module__ = __name__
    return made


def __getattr__(label: str) -> Any:
    """A stand-in for a tuple of a former declaration that a cache file still names.

    A mechanism that reads other columns than before has another label; without this, an old
    entry of its kernel's cache file could not even be passed over.
    """
    if label.startswith("__"):
        raise AttributeError(label)
    return _named(label, [])
