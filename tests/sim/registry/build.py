"""A small register to test on: everything true is given, nothing has been seen yet."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.registry.monitoring import Monitoring
from sim.registry.round import YearlyRound
from sim.registry.screening import Screening
from sim.registry.visits import Visits
from sim.world.world import World
from tests.sim.tiny import parameters_for, run_alone, tiny_world

__all__ = ["REGISTRY", "act", "living", "register_world"]

REGISTRY = (Visits, Screening, YearlyRound, Monitoring)


def register_world(persons: int = 600, **overrides: Any) -> World:
    """A world with the registry's columns; `registry_income` is income12 a head unless given."""
    world = tiny_world(persons, mechanisms=[one() for one in REGISTRY], **overrides)
    home = world.household
    if "household_registry_income" not in overrides:
        home["registry_income"][:] = home["income12"] / np.maximum(home["size"], 1)
    return world


def act(mechanism: Any, world: World, month: str, seed: int = 1, **changes: Any) -> None:
    """Run one mechanism for one month; `changes` are of its own parameters, or "group__name"."""
    named = {
        (f"{mechanism.name}.{key}" if "__" not in key else key.replace("__", ".", 1)): value
        for key, value in changes.items()
    }
    run_alone(mechanism, world, month, parameters_for([mechanism], changes=named), seed=seed)


def living(world: World) -> np.ndarray:
    """Rows of households with members."""
    return np.flatnonzero((world.household["alive"] != 0) & (world.household["size"] > 0))
