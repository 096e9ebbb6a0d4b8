"""Which synthetic village a register's village becomes, how many live there, what is sampled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.population.hashing import mix
from calibration.population.registered.donors import Donors
from calibration.population.registered.reading import Register
from calibration.population.sampling import sampling_order, taken
from calibration.population.setting import Setting
from calibration.population.villages import DEEP_SHARE, Villages
from sim.world.codes import Registered

__all__ = ["Layout", "copied_ids", "lay_out_county", "match"]


_WHOLE = 0.97
"""Share of a county's register from which an import is taken to be all of it."""


@dataclass(frozen=True)
class Layout:
    """The villages of one county of a register, in the order of the register's rows.

    rows: rows in the register's village table. synthetic: row of the village in the table of
    all synthetic villages; use: 0 for the first village that is matched to it, 1 for the second,
    and so on. township: row of the township table. never: households to be added that were never
    registered. persons: people of the village, those not yet made estimated. taken: in the sample.
    coverage: share of the county's register that was imported, 1 unless the county-year table
    says otherwise.
    """

    rows: np.ndarray
    synthetic: np.ndarray
    use: np.ndarray
    township: np.ndarray
    never: np.ndarray
    persons: np.ndarray
    taken: np.ndarray
    coverage: float


def lay_out_county(setting: Setting, register: Register, donors: Donors, sample: float) -> Layout:
    """Match, fill up and sample the villages of the donors' county."""
    county = donors.county
    code = int(setting.inputs.counties["code"][county])
    rows = np.flatnonzero(register.village["county"] == code)
    counts = _counts(register, rows)
    total = counts["households"]
    usual = np.nanmean(total) if np.isfinite(total).any() else 1.0
    lean = counts["ever"] / np.where(np.isnan(total), usual, np.maximum(total, 1.0))
    synthetic, use, township = match(
        setting, county, register.village["township"][rows], lean, register.village["id"][rows]
    )
    county_says = register.county.get(code, {})
    listed = county_says.get("listed", np.nan)
    coverage = float(counts["poor"].sum() / listed) if listed > 0 else 1.0
    coverage = coverage if 0.0 < coverage < _WHOLE else 1.0
    rural = coverage * county_says.get("persons", np.nan)
    never = _never(setting, donors, counts, synthetic, rural)
    persons = counts["persons"] + never * donors.never_size
    poor = np.maximum(counts["poor"], 1e-6) / persons
    order = sampling_order(
        np.full(len(rows), county), persons, poor, poor >= DEEP_SHARE, setting.draws
    )  # fmt: skip
    chosen = taken(order, np.zeros(len(rows), np.int64), sample)
    return Layout(rows, synthetic, use, township, never, persons, chosen, coverage)


def _counts(register: Register, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Households ever registered and all imported, their persons and poor persons, by village."""
    home, number = register.household, len(register.village["id"])
    village, state = home["village"], register.state()
    members = np.bincount(register.person["home"], minlength=len(village))
    size = np.where(members > 0, members, np.nan_to_num(home["size"], nan=4.0))

    def total(which: np.ndarray, amount: np.ndarray | None = None) -> np.ndarray:
        weight = None if amount is None else amount[which]
        return np.bincount(village[which], weight, number)[rows].astype(np.float64)

    ever, all_ = state != Registered.NEVER, np.ones(len(state), bool)
    listed = np.isin(state, (Registered.POOR, Registered.RELAPSED))
    return {
        "ever": total(ever), "imported": total(all_), "persons": total(all_, size),
        "poor": total(listed, size), "households": register.village["households"][rows],
    }  # fmt: skip


def match(
    setting: Setting, county: int, township: np.ndarray, lean: np.ndarray, ids: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A synthetic village, its use, and a township for each village of a register.

    township: nine-digit codes, 0 unknown. lean: how poor the villages are. Inside a township the
    poorest becomes the poorest; where a register has more villages than the division list, or
    does not say the township, the villages left over in the county are taken in the same way, and
    when none is left they are used once more.
    """
    villages, towns = setting.villages, setting.inputs.townships["code"]
    mine = np.flatnonzero(villages.county == county)
    synthetic = np.full(len(lean), -1)
    for code in np.unique(township[township > 0]):
        here = np.flatnonzero(township == code)
        _pair(here, mine[towns[villages.township[mine]] == code], lean, ids, villages, synthetic)
    use = np.zeros(len(lean), np.int64)
    turn = 0
    while (synthetic < 0).any():
        used = synthetic[(synthetic >= 0) & (use == turn)]
        free = np.setdiff1d(mine, used)
        if len(free) == 0:
            turn += 1
            continue
        rest = np.flatnonzero(synthetic < 0)
        use[rest] = turn
        _pair(rest, free, lean, ids, villages, synthetic)
    at = np.minimum(np.searchsorted(towns, township), len(towns) - 1)
    known = towns[at] == township
    return synthetic, use, np.where(known, at, villages.township[synthetic])


def _pair(
    here: np.ndarray, free: np.ndarray, lean: np.ndarray, ids: np.ndarray, villages: Villages,
    synthetic: np.ndarray,
) -> None:  # fmt: skip
    """Pair villages (positions `here`) with free synthetic ones, both in order of poverty; of
    the longer list those at even steps. Writes into `synthetic`."""
    ranked = here[np.lexsort((ids[here], lean[here]))]
    order = free[np.argsort(villages.ever[free], kind="stable")]
    pairs = min(len(ranked), len(order))
    places = np.arange(pairs) + 0.5
    longer = (places * len(ranked) / max(1, pairs)).astype(np.int64)
    synthetic[ranked[longer]] = order[(places * len(order) / max(1, pairs)).astype(np.int64)]


def _never(
    setting: Setting, donors: Donors, counts: dict[str, np.ndarray], synthetic: np.ndarray,
    rural: float,
) -> np.ndarray:  # fmt: skip
    """Households never registered that each village lacks.

    From the village table where it gives the total. Elsewhere the county's rural people (NaN
    unknown), or its assumed incidence, say how many there are in all, and they lie in the
    villages as in the synthetic ones.
    """
    villages = setting.villages
    size = villages.households[synthetic].astype(np.float64)
    ever = villages.ever[synthetic]
    free = size * (1.0 - ever)
    known = ~np.isnan(counts["households"])
    asked = counts["ever"].sum() * free.sum() / max(1e-9, (size * ever).sum())
    if not np.isnan(rural):
        asked = (rural - counts["persons"].sum()) / donors.never_size
        asked += (counts["imported"] - counts["ever"]).sum()
    guess = free * asked / max(1e-9, free.sum())
    others = counts["imported"] - counts["ever"]  # imported though never registered
    lacking = np.where(known, counts["households"] - counts["imported"], guess - others)
    return np.maximum(0.0, np.round(np.nan_to_num(lacking))).astype(np.int64)


def copied_ids(ids: np.ndarray, use: np.ndarray, copy: np.ndarray) -> np.ndarray:
    """Ids of copies of synthetic agents: the agent's own for the first copy of the first use."""
    number = (use.astype(np.uint64) << np.uint64(20)) + copy.astype(np.uint64)
    return np.where(number == 0, ids, mix(ids, number))
