"""The self-test of a calibration: would it find what was true? See `selftest` for the method."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from calibration.fit.cache import Cache
from calibration.fit.folder import Asked, hold, keep_json
from calibration.fit.running import Runner, Watch
from calibration.fit.stages import Stages, check_asked
from calibration.fit.targets import Targets

__all__ = ["self_test"]


def self_test(
    simulator: Any, targets: Targets, asked: Asked, folder: str | Path, *, watch: Watch,
    data_sets: int = 200, sequential: int = 0, population: int = 100, workers: int = 1,
    cluster: str | None = None, command: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Test what `calibrate` would do with the same arguments, in the same folder.

    data_sets: simulated data that are fitted from the reference table (which both share).
    sequential: data sets for the whole sequential fit, with `population` particles; 0: none.
    Writes selftest/ and gives {"table": SbcResult, "sequential": SbcResult or None}. Errors as
    those of `calibrate`.
    """
    from calibration.fit.engine import StopRules
    from calibration.fit.selftest import sbc, sequential_selftest

    place = Path(folder)
    check_asked(simulator, asked)
    about = {"command": command, "fitted_by": "user" if asked.fit else "screening"}
    with hold(place, asked, about), Cache(place / "simulations.sqlite") as cache:
        runner = Runner(cache, watch, workers, cluster)
        stages = Stages(simulator, targets, asked, place, runner, command=command)
        table, _, _ = stages.until_table()
        found: dict[str, Any] = {"sequential": None}
        found["table"] = sbc(table, stages.targets, data_sets, seed=asked.seed)
        found["table"].write(place / "selftest")
        if sequential:
            runner.stage(f"{sequential} data sets", None)
            found["sequential"] = sequential_selftest(
                simulator, stages.targets, table, seed=asked.seed, n_data=sequential,
                population=population,
                stop=StopRules(asked.generations, simulations=asked.simulations_most),
                **runner.how,
            )  # fmt: skip
            found["sequential"].write(place / "selftest", "sequential")
        keep_json(
            place / "selftest" / "selftest.json",
            {
                "command": command, "seed": asked.seed, "table": asked.simulations,
                "fitted": table.fitted, "targets": list(stages.targets.keys),
                "data_sets": data_sets, "sequential": sequential, "model": asked.model,
                "simulations": runner.simulations, "failed": runner.failed,
            },
        )  # fmt: skip
    return found
