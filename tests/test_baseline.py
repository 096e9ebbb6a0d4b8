"""A small exact baseline: if a number here moves, results have moved, and CHANGELOG says why.

Write it anew with `python -m tests.test_baseline`.
"""

from __future__ import annotations

import json
from pathlib import Path

from calibration import population as _population
from scenarios.library import load_parameters
from scenarios.run import Past, model_seed
from scenarios.scenario import load_scenario
from sim.calendar import month_index
from tests.conftest import COUNTIES, SAMPLE

PATH = Path(__file__).with_name("baseline.json")
LAST = month_index("2018-12")
KEPT = (
    "headcount_true", "headcount_registered", "exits", "relapses_true", "false_exits", "new_poor",
    "income_pc", "income_wage", "income_business", "income_transfer", "out_of_pocket",
    "catastrophic_health", "migrants", "posts", "relocated", "debt", "collective_income",
    "population", "households", "poverty_gap",
)  # fmt: skip


def measured() -> dict[str, dict[str, str]]:
    """Yearly and December values of two scenarios on two counties, as decimal text."""
    people = _population.build(SAMPLE, counties=list(COUNTIES))
    table = load_parameters()
    past = Past(people, None, model_seed(11, 0), until=LAST, table=table)
    found: dict[str, dict[str, str]] = {}
    for name in ("no-plan", "plan"):
        model = past.branch(load_scenario(name, table), LAST)
        model.run()
        found[name] = {
            f"{indicator} {year}-{month:02d}": f"{value:.9g}"
            for county, year, month, indicator, group, value in model.recorder.rows
            if county == 0 and group == "" and month in (0, 12) and indicator in KEPT
        }
    return found


def test_the_baseline_stands():
    expected = json.loads(PATH.read_text("utf-8"))
    got = measured()
    moved = [
        f"{scenario} {key}: {expected[scenario].get(key)} is now {got[scenario].get(key)}"
        for scenario in expected
        for key in sorted(set(expected[scenario]) | set(got[scenario]))
        if expected[scenario].get(key) != got[scenario].get(key)
    ]
    assert not moved, (
        "results have moved; if that is meant, say why in CHANGELOG.md and run "
        "`python -m tests.test_baseline`:\n" + "\n".join(moved)
    )


if __name__ == "__main__":
    PATH.write_text(json.dumps(measured(), indent=1) + "\n", "utf-8")
