"""The named tuples of columns that rules are handed.

numba keys machine code by the class of a named tuple and must find that class again by name
when it loads the code from disk, so the classes are made here, with lasting names.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.world.world import World

__all__ = ["columns"]


def columns(owner: str, kind: str, names: list[str], world: World) -> Any:
    """The columns `names` of `kind` as a named tuple `<owner>_<kind>` of whole-world arrays."""
    label = f"{owner}_{kind}"
    known = globals().get(label)
    if known is None or list(known._fields) != names:
        known = namedtuple(label, names)  # type: ignore[misc]
        known.__module__ = __name__
        globals()[label] = known
    table = world.tables[kind]
    return known(*(table[name] for name in names))
