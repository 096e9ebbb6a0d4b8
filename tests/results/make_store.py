"""A made-up batch store with the schema of docs/store.md, to test the results room alone.

The numbers have the shape of a run (falling headcounts, a yearly round in December, spells
after exit), not its truth. From a shell: ``python tests/results/make_store.py FOLDER``.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

TITLES = {
    "no-plan": ("No plan", "无方案"),
    "plan": ("The plan", "方案"),
    "without-employment": ("Plan without employment", "方案减就业"),
    "without-relocation": ("Plan without relocation", "方案减搬迁"),
    "without-medical": ("Plan without medical insurance", "方案减医保"),
    "without-collective": ("Plan without collective economy", "方案减集体经济"),
    "harsh-shocks": ("Plan under harsh shocks", "方案遇重灾"),
    "withdrawal": ("Support ends in 2020", "2020年底政策退出"),
}
# How well each scenario does, 0 (no plan) to 1 (plan), for true poverty and for relapse.
STRENGTH = {
    "no-plan": 0.0,
    "plan": 1.0,
    "without-employment": 0.55,
    "without-relocation": 0.9,
    "without-medical": 0.7,
    "without-collective": 0.8,
    "harsh-shocks": 0.5,
    "withdrawal": 1.0,
}
CAUSES = {
    "illness": 0.38,
    "disaster": 0.16,
    "job_loss": 0.12,
    "schooling": 0.08,
    "disability": 0.07,
    "labour": 0.06,
    "marriage": 0.05,
    "price": 0.04,
    "funeral": 0.03,
    "other": 0.01,
}
TYPES = {"labour_short": 0.3, "disabled": 0.2, "migrant": 0.5, "others": 0.25}
"""Types of households at exit, and their share of those who fall."""
PROGRAMMES = {"dibao": 2.1e9, "medical_assistance": 6e8, "public_posts": 4e8, "relocation": 3e9}


def counties() -> list[int]:
    """Codes of the 35 county units."""
    with (files("results") / "data" / "counties.csv").open(encoding="utf-8") as file:
        return [int(row["code"]) for row in csv.DictReader(file)]


def make_store(
    folder: Path,
    *,
    scenarios: Iterable[str] = tuple(TITLES),
    draws: int = 5,
    replicates: int = 1,
    sample: float = 0.02,
    missing: Iterable[tuple[str, int, int]] = (),
    n_counties: int = 35,
    code: str = "c0de",
) -> Path:
    """Write a whole store into ``folder`` and return it; ``missing`` runs are left out."""
    folder = Path(folder)
    (folder / "runs").mkdir(parents=True, exist_ok=True)
    for name in ("manifests", "failed"):
        (folder / name).mkdir(exist_ok=True)
    names = list(scenarios)
    numbers = range(1, draws + 1) if draws else range(1)
    asked = [(s, d, r) for s in names for d in numbers for r in range(replicates)]
    lost = set(missing)
    listed = []
    for scenario, draw, replicate in asked:
        key = f"{scenario}-{draw:03d}-{replicate:03d}"
        run = {"key": key, "scenario": scenario, "draw": draw, "replicate": replicate}
        listed.append(run)
        if (scenario, draw, replicate) in lost:
            note = {**run, "traceback": "Traceback\nValueError: made to fail"}
            (folder / "failed" / f"{key}.json").write_text(json.dumps(note))
            continue
        values = parameter_values(draw) if draws else {}
        table = one_run(scenario, draw, replicate, values, counties()[:n_counties])
        write_parquet(table, folder / "runs" / f"{key}.parquet")
        manifest = {**run, "seed": 1, "values": values, "code": code}
        manifest |= {"population": {"digest": "beef"}, "seconds": 1.2, "status": "done"}
        (folder / "manifests" / f"{key}.json").write_text(json.dumps(manifest))
    (folder / "batch.json").write_text(
        json.dumps(manifest_of(names, draws, replicates, sample, listed), ensure_ascii=False),
        encoding="utf-8",
    )
    return folder


def manifest_of(names: list[str], draws: int, replicates: int, sample: float, runs: list) -> dict:
    """The batch manifest."""
    return {
        "schema": 1,
        "created": "2026-11-24T10:00:00+00:00",
        "command": f"fanpin run {' '.join(names)} --draws {draws} --replicates {replicates}"
        f" --seed 1 --sample {sample} --out runs/made-up",
        "base": names[0],
        "scenarios": [
            {
                "name": name,
                "title": dict(zip(("en", "zh"), TITLES[name], strict=True)),
                "until": "2025-12" if name == "withdrawal" else "2020-12",
            }
            for name in names
        ],
        "draws": draws,
        "replicates": replicates,
        "seed": 1,
        "sample": sample,
        "until": "2020-12",
        "versions": {"fanpin": "0.1.0", "python": "3.11.7", "numpy": "2.4.6"},
        "population": {"digest": "beef", "persons": 192000, "households": 45000},
        "parameters": parameter_table(),
        "runs": runs,
    }


def parameter_table() -> list[dict]:
    """Assumed and uncertain parameters as the manifest lists them."""
    rows = [
        ("illness.admission_rate", "inpatient stays", "住院率", "share/year", 0.2, "recalled",
         True),
        ("migration.peer_effect", "pull of fellow villagers", "同乡带动", "index", 2.5, "published",
         True),
        ("registry.p_detect", "chance that a visit finds a true fall", "核查发现率", "share/month",
         0.1, "assumed", True),
        ("migration.job_loss", "migrants who lose their job", "务工者失业率", "share/month", 0.02,
         "assumed", True),
        ("households.savings", "savings at the start", "初始储蓄", "yuan", 3000, "assumed", False),
    ]  # fmt: skip
    return [
        {
            "name": name,
            "meaning": meaning,
            "zh": zh,
            "unit": unit,
            "value": value,
            "range": [value / 2, value * 2],
            "prior": f"lognormal({value}, 0.2)" if uncertain else None,
            "grade": grade,
            "source": "assumption",
        }
        for name, meaning, zh, unit, value, grade, uncertain in rows
    ]


def parameter_values(draw: int) -> dict[str, float]:
    """Values of the uncertain parameters in one draw; the same for every scenario."""
    rng = np.random.default_rng([7, draw])
    return {
        row["name"]: row["value"] * float(np.exp(0.2 * rng.standard_normal()))
        for row in parameter_table()
        if row["prior"]
    }


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write one run with the column types of the schema."""
    table = table.copy()
    for column in ("indicator", "group", "scenario"):
        table[column] = table[column].astype("category")
    types = {"county": "int32", "year": "int16", "month": "int8", "value": "float64"}
    table = table.astype(types | {"draw": "int32", "replicate": "int32"})
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), path)


def one_run(
    scenario: str, draw: int, replicate: int, values: dict[str, float], codes: list[int]
) -> pd.DataFrame:
    """All rows of one run in long form."""
    rng = np.random.default_rng([3, draw, replicate])  # not the scenario: common random numbers
    level = values.get("illness.admission_rate", 0.2) / 0.2
    strength = STRENGTH[scenario]
    last = 2025 if scenario == "withdrawal" else 2020
    months = np.arange(2017 * 12 + 10, last * 12 + 12)
    year, month = months // 12, months % 12 + 1
    elapsed = months - months[0]
    lines: list[tuple] = []
    sizes = rng.uniform(1e5, 4e5, len(codes))
    depth = rng.uniform(0.7, 1.4, len(codes))
    collected: dict[tuple, float] = {}
    pace = 0.012 + 0.035 * strength
    gone = np.clip(elapsed - 38, 0, None) / 60 * (0.05 if scenario == "withdrawal" else 0)
    for code, size, deep in zip(codes, sizes, depth, strict=True):
        noise = 1 + 0.03 * rng.standard_normal(len(months)).cumsum() / np.sqrt(len(months))
        true = 0.15 * deep * level * np.exp(-pace * elapsed) * noise + 0.002 + gone
        rounds = np.clip(year + (month == 12) - 2017, 0, 3.99)
        registered = 0.145 * deep * np.exp(-(0.45 + 0.6 * strength) * rounds)
        if strength == 1.0:
            registered = np.where(months >= 2020 * 12 + 11, 0.0, registered)
        income = 6100 * (1 + 0.005 * elapsed) * (1 + 0.12 * strength * elapsed / 38) / deep**0.3
        shared = [
            ("headcount_true", true),
            ("headcount_registered", registered),
            ("poor_true", true * size),
            ("poor_registered", registered * size),
            ("poverty_gap", true * 0.28),
            ("poverty_severity", true * 0.12),
            ("income_pc", income),
            ("migrants", size * (0.17 + 0.03 * strength * elapsed / 38) * noise),
            ("posts", size * 0.012 * strength * np.clip(elapsed / 20, 0, 1)),
            ("relocated", size * 0.03 * (scenario != "without-relocation") * strength
             * np.clip(elapsed / 36, 0, 1)),
            ("debt", 9000 - 900 * strength * elapsed / 38 + 0 * noise),
            ("population", np.full(len(months), size)),
            ("households", np.full(len(months), size / 4.2)),
        ]  # fmt: skip
        for name, series in shared:
            for y, m, v in zip(year, month, series, strict=True):
                lines.append((code, y, m, name, "", float(v)))
        for y in range(2017, last + 1):
            t = y - 2017
            relapse = size * 0.004 * level * deep * (1.6 - strength) * rng.gamma(20, 1 / 20)
            medical = scenario != "without-medical"
            yearly = {
                ("exits", ""): size * 0.04 * deep * (0.4 + 0.6 * strength) / (1 + 0.3 * t),
                ("relapses_true", ""): relapse,
                ("relapses_registered", ""): relapse * 0.15,
                ("new_poor", ""): size * 0.002 * (1.5 - strength) * deep,
                ("false_exits", ""): size * 0.001 * deep * (1.4 - strength),
                ("income_pc", ""): 6300 + 460 * t * (0.6 + 0.5 * strength),
                ("income_wage", ""): 2400 + 260 * t * (0.6 + 0.5 * strength),
                ("income_business", ""): 2700 + 90 * t,
                ("income_property", ""): 90 + 60 * t * strength,
                ("income_transfer", ""): 1100 + 110 * t * (0.5 + strength),
                ("out_of_pocket", ""): 420 - 140 * strength * medical * min(t, 2) / 2,
                ("out_of_pocket", "share_registered"): 0.42 - 0.28 * medical * strength * (t > 0),
                ("out_of_pocket", "share_other"): 0.45,
                ("catastrophic_health", ""): 0.12 * level - 0.05 * strength * medical * (t > 0),
                ("admissions", "registered"): 20.8,
                ("admissions", "other"): 13.1,
                ("collective_income", ""): 9000 + 16000 * t * strength,
                ("collective_income", "zero"): max(0.0, 0.4 - 0.4 * t * (0.2 + strength)),
                ("collective_income", "above_50000"): min(1.0, 0.12 + 0.25 * t * strength),
                ("true_exits", ""): size * 0.03 * deep / (1 + 0.3 * t),
                ("false_relapses", ""): relapse * 0.02,
                ("hidden_relapses", ""): relapse * 0.8,
                ("exit_margin", "near"): 0.2,
                ("exit_margin", "p50"): 1.4,
                ("near_poor_entry", ""): 0.2 * level,
                ("near_poor_missed", ""): 0.9,
                ("dibao_inclusion_error", ""): 0.4,
                ("dibao_exclusion_error", ""): 0.6,
                ("benefit_leakage", ""): 0.5,
                ("benefit_poorest", ""): 0.35,
                ("benefit_concentration", ""): 1.75,
                ("gini", ""): 0.29,
                ("income_poorest", ""): 0.08,
                ("multidimensional", "H"): 0.04,
                ("multidimensional", "A"): 0.45,
                ("multidimensional", "M0"): 0.018,
                ("fgt_countable", "fgt0"): 0.1,
                ("fgt_countable", "fgt1"): 0.03,
                ("fgt_countable", "fgt2"): 0.01,
                ("fgt_consumption", "fgt0"): 0.2,
                ("fgt_consumption", "fgt1"): 0.05,
                ("quota_bound", ""): max(0.0, 0.3 - 0.08 * t) * (0.5 + 0.5 * rng.random()),
                ("family_doctor", ""): min(1.0, 0.5 + 0.5 * strength),
                ("tech_commissioner", ""): strength,
                ("e_commerce", ""): min(1.0, t / 3) * (strength > 0),
                ("training_ratio", ""): 1.0 + 0.1 * (strength > 0),
                ("oop_cap_max", ""): 3000.0 if medical and strength else 21000.0,
                ("noncompliant", ""): 0.0 if medical and strength > 0.9 else 310.0,
            }
            if y >= 2018:
                yearly |= books(size, strength, y)
            for cause, weight in CAUSES.items():
                yearly[("relapse_cause", cause)] = relapse * weight
                yearly[("relapse_cause_registered", cause)] = relapse * weight * 0.15
            for programme, yuan in PROGRAMMES.items():
                yearly[("money", programme)] = yuan / 35 * (0.3 + 0.7 * strength)
            for (name, group), v in yearly.items():
                lines.append((code, y, 0, name, group, float(v)))
                collected[name, group, y] = collected.get((name, group, y), 0.0) + float(v)
    table = pd.DataFrame(lines, columns=["county", "year", "month", "indicator", "group", "value"])
    parts = [table, whole_scope(table, sizes.sum()), spells(strength, last, rng)]
    table = pd.concat(parts, ignore_index=True)
    return table.assign(scenario=scenario, draw=draw, replicate=replicate)


def books(size: float, strength: float, year: int) -> dict[tuple[str, str], float]:
    """A county's money of a year, what waited, and two of the targets set for every county."""
    came = 900.0 * size * (0.4 + 0.6 * strength)
    found = {
        ("funds_received", "special"): came * 0.5,
        ("funds_received", "sector"): came * 0.4,
        ("funds_received", "social"): came * 0.1,
        ("funds_leaked", ""): came * 0.03,
        ("funds_wasted", ""): came * 0.02,
        ("funds_returned", ""): came * 0.05,
        ("funds_carried", ""): came * (0.1 if year < 2020 else 0.05),
        ("delivered", ""): 880.0 * (0.4 + 0.6 * strength),
        ("combined_headcount", ""): 0.04 - 0.02 * strength,
        ("tap_coverage", ""): 0.8 + 0.1 * strength - 0.05 * (size > 3e5),
    }
    if strength:
        found |= {
            ("waited", "water:funds"): 40.0 * size,
            ("waited", "water:builders"): 4.0 * size,
            ("waited", "house_repair:builders"): 3.0 * size * strength,
        }
    return found


SUMMED = {"funds_received", "funds_leaked", "funds_wasted", "funds_returned", "funds_carried",
          "waited",
          "poor_true", "poor_registered", "migrants", "posts", "relocated", "population",
          "households", "exits", "relapses_true", "relapses_registered", "new_poor",
          "false_exits", "relapse_cause", "relapse_cause_registered", "money", "true_exits",
          "false_relapses", "hidden_relapses"}  # fmt: skip


def whole_scope(table: pd.DataFrame, size: float) -> pd.DataFrame:
    """Rows of county 0: sums of counts, plain means of the rest (good enough here)."""
    keys = ["year", "month", "indicator", "group"]
    grouped = table.groupby(keys, observed=True)["value"]
    total = grouped.sum().where(
        grouped.sum().index.get_level_values("indicator").isin(SUMMED), grouped.mean()
    )
    return total.reset_index().assign(county=0)


def spells(strength: float, last: int, rng: np.random.Generator) -> pd.DataFrame:
    """Spells since registered exit: one row per exit month, length and ending."""
    rows = []
    for exit_year, persons in ((2017, 4e5), (2018, 5e5), (2019, 4e5), (2020, 1.5e5)):
        at_risk = persons
        horizon = (last - exit_year) * 12
        for length in range(1, horizon + 1):
            hazard = 0.004 * (1.6 - strength) * np.exp(-length / 60) * rng.gamma(30, 1 / 30)
            fell = at_risk * hazard
            for cause, weight in CAUSES.items():
                group = f"relapsed:{length}:{cause}"
                rows.append((0, exit_year, 12, "spell", group, fell * weight))
            died = at_risk * 0.0003
            rows.append((0, exit_year, 12, "spell", f"censored:{length}", died))
            if length % 12 == 0:
                rows.append((0, exit_year, 12, "spell_registered", f"relapsed:{length}:labour",
                             fell))  # fmt: skip
            for kind, share in TYPES.items():
                rows.append((0, exit_year, 12, "spell_type", f"{kind}:relapsed:{length}",
                             fell * share))  # fmt: skip
            at_risk -= fell + died
        rows.append((0, exit_year, 12, "spell", f"censored:{horizon}", at_risk))
        rows.append((0, exit_year, 12, "spell_registered", f"censored:{horizon}", persons))
        for kind, share in TYPES.items():
            rows.append((0, exit_year, 12, "spell_type", f"{kind}:censored:{horizon}",
                         at_risk * share * (0.5 + share)))  # fmt: skip
    return pd.DataFrame(rows, columns=["county", "year", "month", "indicator", "group", "value"])


if __name__ == "__main__":
    make_store(Path(sys.argv[1]), missing=[("harsh-shocks", 2, 0)])
