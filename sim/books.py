"""Account books of one level: what came in and how it went out, in whole fen (int64)."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["Books"]

_FLOWS = ("received", "spent", "leaked", "wasted", "passed", "returned")


class Books:
    """Accounts by line (a programme, a family of funds) and owner (a county, a township).

    received = spent + leaked + wasted + passed + returned + balance, by construction; `fault`
    finds an account that is overdrawn.
    """

    received: np.ndarray
    spent: np.ndarray
    leaked: np.ndarray
    wasted: np.ndarray
    passed: np.ndarray
    returned: np.ndarray

    def __init__(self, name: str, lines: tuple[str, ...], owners: int | tuple[str, ...]) -> None:
        self.name = name
        self.lines = lines
        self.shape = (len(lines), owners if isinstance(owners, int) else len(owners))
        for flow in _FLOWS:
            setattr(self, flow, np.zeros(self.shape, np.int64))

    @property
    def balance(self) -> np.ndarray:
        """What is left in each account."""
        out = self.spent + self.leaked + self.wasted + self.passed + self.returned
        return np.asarray(self.received - out)

    def receive(self, line: int, owner: Any, fen: Any) -> None:
        """Money comes in; owner is a row, rows or a slice."""
        self.received[line, owner] += fen

    def pass_on(self, line: int, owner: Any, fen: Any) -> None:
        """Money goes to the next level."""
        self.passed[line, owner] += fen

    def spend(self, line: int, fen: np.ndarray) -> None:
        """Money goes to whom it is for."""
        self.spent[line] += fen

    def lose(self, line: int, leaked: np.ndarray, wasted: np.ndarray) -> None:
        """Money goes to whom it is not for, or for what nobody needs."""
        self.leaked[line] += leaked
        self.wasted[line] += wasted

    def give_back(self, line: int, owner: Any, fen: Any) -> None:
        """Money goes back to where it came from."""
        self.returned[line, owner] += fen

    def fault(self) -> tuple[int, int, int] | None:
        """The first overdrawn account as (line, owner, balance), if there is one."""
        balance = self.balance
        if not (balance < 0).any():
            return None
        line, owner = (int(one) for one in np.argwhere(balance < 0)[0])
        return line, owner, int(balance[line, owner])

    def take(self, other: Books) -> None:
        """Take over another's numbers."""
        for flow in _FLOWS:
            getattr(self, flow)[...] = getattr(other, flow)
