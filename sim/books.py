"""Account books of one level: what came in and how it went out, in whole fen (int64)."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["Books"]

_IN = ("outside", "above", "township", "below", "beside")
_OUT = ("spent", "leaked", "wasted", "down", "aside", "up", "left")


class Books:
    """Accounts by line (a programme, a family of funds) and owner (a county, a township).

    Money comes in from outside the model, from the level above, from a township's own fund, back
    from the level below, or from another account of the same level (`beside`). It is spent, leaks
    away, is wasted, goes down a level, aside to another account, back up, or leaves the model.
    Each is an array (lines, owners) of all that has ever flowed, so

        received = spent + leaked + wasted + passed + returned + balance

    holds by construction, with passed = down + aside and returned = up + left; `fault` finds an
    account that is overdrawn.
    """

    outside: np.ndarray
    above: np.ndarray
    township: np.ndarray
    below: np.ndarray
    beside: np.ndarray
    spent: np.ndarray
    leaked: np.ndarray
    wasted: np.ndarray
    down: np.ndarray
    aside: np.ndarray
    up: np.ndarray
    left: np.ndarray

    def __init__(self, name: str, lines: tuple[str, ...], owners: int | tuple[str, ...]) -> None:
        self.name = name
        self.lines = lines
        self.shape = (len(lines), owners if isinstance(owners, int) else len(owners))
        # the flows lie in two arrays, so that a sum over them is one call
        self._in = np.zeros((len(_IN), *self.shape), np.int64)
        self._out = np.zeros((len(_OUT), *self.shape), np.int64)
        for flows, names in ((self._in, _IN), (self._out, _OUT)):
            for array, flow in zip(flows, names, strict=True):
                setattr(self, flow, array)

    @property
    def received(self) -> np.ndarray:
        """All that came in."""
        return np.asarray(self._in.sum(axis=0))

    @property
    def passed(self) -> np.ndarray:
        """What went to the level below, or to another account of this level."""
        return np.asarray(self.down + self.aside)

    @property
    def returned(self) -> np.ndarray:
        """What went back to the level above, or out of the model."""
        return np.asarray(self.up + self.left)

    @property
    def balance(self) -> np.ndarray:
        """What is left in each account."""
        return np.asarray(self._in.sum(axis=0) - self._out.sum(axis=0))

    def held(self, line: int) -> np.ndarray:
        """What is left in the accounts of one line."""
        return np.asarray(self._in[:, line].sum(axis=0) - self._out[:, line].sum(axis=0))

    def flow(self, name: str, line: Any, owner: Any, fen: Any) -> None:
        """Book money on one of the flows; line and owner are rows or slices. Never negative."""
        if np.any(np.asarray(fen) < 0):
            raise ValueError(f"{self.name}: a flow ({name}) can not be negative: {fen}")
        getattr(self, name)[line, owner] += fen

    def fault(self) -> tuple[int, int, int] | None:
        """The first overdrawn account as (line, owner, balance), if there is one."""
        balance = self.balance
        if not (balance < 0).any():
            return None
        line, owner = (int(one) for one in np.argwhere(balance < 0)[0])
        return line, owner, int(balance[line, owner])

    def arrays(self) -> dict[str, np.ndarray]:
        """All flows by name: the arrays themselves, no copies."""
        return {flow: getattr(self, flow) for flow in (*_IN, *_OUT)}
