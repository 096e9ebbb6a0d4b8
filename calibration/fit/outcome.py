"""What the folder of a calibration says of its outcome: the posterior and result.json."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from calibration.fit.folder import Asked, keep_json
from calibration.fit.running import Runner
from calibration.fit.targets import Targets
from scenarios.parameter import ParameterTable
from scenarios.posterior import write_posterior

__all__ = ["keep_posterior", "keep_result"]

LeftOut = Sequence[tuple[str, str]]


def keep_posterior(
    folder: Path, result: Any, asked: Asked, targets: Targets, left_out: LeftOut,
    table: ParameterTable, command: str,
) -> None:  # fmt: skip
    """Write the posterior with a manifest that says what was fitted to what, and how it ended."""
    manifest = {
        "command": command, "population": dict(asked.population), "scenario": asked.scenario,
        "fitted": list(result.fitted), "left_out": [list(one) for one in left_out],
        "targets": [
            {"key": t.key, "value": t.value, "error": t.error, "source": t.source}
            for t in targets.targets
        ],
        "engine": {
            "seed": asked.seed, "reason": result.reason, "by_clock": result.by_clock,
            "table": asked.simulations, "simulations": result.simulations,
            "failed": result.failed, "effective": round(float(result.size), 1),
            "notes": list(result.notes), "generations": result.generations.to_dict("records"),
        },
    }  # fmt: skip
    write_posterior(folder / "posterior", result.posterior, manifest, table)


def keep_result(
    folder: Path, result: Any, runner: Runner, left_out: LeftOut, seconds: float
) -> None:  # fmt: skip
    """Write result.json: how the stages went, what failed, and why it ended."""
    keep_json(
        folder / "result.json",
        {
            "stop": result.reason, "by_clock": result.by_clock, "notes": list(result.notes),
            "fitted": list(result.fitted), "left_out": [list(one) for one in left_out],
            "simulations": runner.simulations, "failed": runner.failed,
            "failures": [{"error": e, "count": n} for e, n in runner.errors.most_common(10)],
            "stages": runner.stages, "seconds": round(seconds, 1),
            "effective_draws": round(float(result.size), 1), "adjusted": True,
        },
    )  # fmt: skip
