"""Simulators without a model, for the tests of what drives them."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Slow:
    """Gives a + b and the seed; writes a line into `log` for every simulation; fails where a is
    one of `fails`. What it has to say is known to three digits."""

    log: Path
    seconds: float = 0.0
    fails: tuple[float, ...] = ()
    name: str = "slow"

    def simulate(self, values: Mapping[str, float], seed: int) -> dict[str, float]:
        """Two statistics and a gap."""
        with self.log.open("a") as file:
            file.write(f"{os.getpid()} {values['a']:g} {seed}\n")
        time.sleep(self.seconds)
        if values["a"] in self.fails:
            raise RuntimeError(f"no world with a = {values['a']:g}")
        return {"sum": values["a"] + values["b"] / 3.0, "seed": float(seed), "gap": float("nan")}

    def digest(self) -> str:
        """Its name."""
        return self.name

    def lines(self) -> list[str]:
        """What was simulated, without the process."""
        if not self.log.exists():
            return []
        return [line.split(" ", 1)[1] for line in self.log.read_text().splitlines()]


def jobs(number: int) -> list[tuple[int, dict[str, float], int]]:
    """Jobs with the values a = n, b = 1 and the seed n + 100."""
    return [(n, {"a": float(n), "b": 1.0}, n + 100) for n in range(number)]
