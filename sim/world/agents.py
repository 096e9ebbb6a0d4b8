"""Villages as Mesa agents: views over their rows, so that Mesa's tools work on them.

The months do not need them (nobody loops over agents in the hot path), so they are made only
when they are asked for.

    from sim.world.agents import villages
    villages(model).select(lambda v: v.deep == 1).agg("migrants", sum)
"""

from __future__ import annotations

from typing import Any

import mesa
from mesa.agent import AgentSet

__all__ = ["Village", "villages"]


class Village(mesa.Agent):
    """One village: its attributes are the village columns at its row, read when asked for."""

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        self.row = row

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in ("model", "row"):
            raise AttributeError(name)
        table = self.model.world.village
        if name not in table:
            raise AttributeError(f"a village has no column {name}")
        return table[name][self.row].item()


def villages(model: Any) -> AgentSet:
    """All villages of a model as an AgentSet, made at the first call."""
    if Village not in model.agent_types:
        for row in range(len(model.world.village.id)):
            Village(model, row)
    return model.agents_by_type[Village]
