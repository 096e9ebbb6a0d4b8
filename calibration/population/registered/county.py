"""The sampled villages of one county: registered households and their neighbours, put together."""

from __future__ import annotations

import numpy as np

from calibration.population.goods import _ties, windows
from calibration.population.registered.donors import Donors, make, spans
from calibration.population.registered.homes import incomes_of, registered_part
from calibration.population.registered.reading import Register
from calibration.population.registered.seen import COMPONENTS
from calibration.population.registered.villages import Layout, copied_ids
from calibration.population.setting import Batch
from sim.world.codes import Registered

__all__ = ["CountyPart"]

Columns = dict[str, np.ndarray]


class CountyPart:
    """Tables of the sampled villages of a county, with rows counted from the county's own first.

    tables: person, household, natural. counted: what villages count over their people.
    distance: to the county seat by the village table (km), NaN unknown.
    """

    def __init__(self, register: Register, donors: Donors, layout: Layout) -> None:
        self.register, self.donors, self.layout = register, donors, layout
        villages = np.flatnonzero(layout.taken)
        self.synthetic, self.use = layout.synthetic[villages], layout.use[villages]
        self.never = layout.never[villages]
        self.distance = register.village["county_distance"][layout.rows[villages]]
        rows, self.position = np.unique(self.synthetic, return_inverse=True)
        self.pool = make(donors.setting, rows)
        self.pool_village = np.searchsorted(rows, self.pool.village)
        self.pool_start = np.searchsorted(self.pool.home, np.arange(len(self.pool.village) + 1))
        count = donors.setting.villages.naturals[rows]
        self.pool_natural = np.cumsum(count) - count  # first natural village of each village
        self.naturals = count[self.position]
        self.natural = np.cumsum(self.naturals) - self.naturals
        batch = _joined(donors, self._neighbours(), self._registered())
        self.counted = _count(batch, len(villages))
        self.tables = {
            "person": batch.person, "household": batch.household,
            "natural": self._natural_table(batch),
        }  # fmt: skip

    def _registered(self) -> Batch:
        """The imported households of these villages; `village` is the position among them."""
        rows, home = self.layout.rows, self.register.household["village"]
        everybody = np.flatnonzero(np.isin(home, rows))
        # of the whole county, so that it does not depend on the sample
        true = incomes_of(self.register, everybody, self.donors)
        place = np.searchsorted(rows, home[everybody])
        here = self.layout.taken[place]
        batch = registered_part(
            self.register, everybody[here], self.donors, self.layout.synthetic[place[here]],
            true[here],
        )  # fmt: skip
        batch.village = (np.cumsum(self.layout.taken) - 1)[place[here]]
        batch.household["natural"] = self._natural_of(batch)
        return batch

    def _natural_of(self, batch: Batch) -> np.ndarray:
        """Natural village of each imported household: that of the synthetic registered household
        which has the same place in the order of distances to the road of its village."""
        pool, home = self.pool.household, batch.household
        ever = pool["registered"] != Registered.NEVER
        found = np.zeros(len(batch.village), np.int64)
        for v, k in enumerate(self.position):
            mine = np.flatnonzero(batch.village == v)
            theirs = np.flatnonzero((self.pool_village == k) & ever)
            if len(theirs) == 0:
                theirs = np.flatnonzero(self.pool_village == k)
            mine = mine[np.lexsort((home["id"][mine], home["distance"][mine]))]
            theirs = theirs[np.argsort(pool["distance"][theirs], kind="stable")]
            at = ((np.arange(len(mine)) + 0.5) * len(theirs) / max(1, len(mine))).astype(np.int64)
            found[mine] = pool["natural"][theirs[at]] - self.pool_natural[k] + self.natural[v]
        return found

    def _neighbours(self) -> Batch:
        """Households never registered, copied from the synthetic villages that these became."""
        pool = self.pool.household
        luck = self.donors.setting.draws.uniform(pool["id"], "stays")
        never = np.flatnonzero(pool["registered"] == Registered.NEVER)
        never = never[np.lexsort((luck[never], self.pool_village[never]))]
        first = np.searchsorted(self.pool_village[never], np.arange(len(self.pool_natural) + 1))
        source, village, copy = [], [], []
        for v, k in enumerate(self.position):
            mine = never[first[k] : first[k + 1]]
            number = np.arange(self.never[v] if len(mine) else 0)
            source.append(mine[number % max(1, len(mine))])
            copy.append(number // max(1, len(mine)))
            village.append(np.full(len(number), v))
        chosen, of, nth = (np.concatenate(part) for part in (source, village, copy))
        size = np.diff(self.pool_start)[chosen]
        members = spans(self.pool_start[chosen], size)
        home = np.repeat(np.arange(len(chosen)), size)
        batch = Batch(of, home, whole=True)
        batch.household = {name: column[chosen] for name, column in pool.items()}
        batch.person = {name: column[members] for name, column in self.pool.person.items()}
        batch.household["id"] = copied_ids(pool["id"][chosen], self.use[of], nth)
        batch.person["id"] = copied_ids(batch.person["id"], self.use[of][home], nth[home])
        natural = batch.household["natural"] - self.pool_natural[self.position[of]]
        batch.household["natural"] = natural + self.natural[of]
        batch.household["house_cert"] = batch.household["house"].copy()
        batch.household["registered_relapse_month"] = np.zeros(len(chosen), np.int16)
        for name in (*COMPONENTS, "income"):
            batch.more[name] = self.pool.more[name][chosen]
        batch.more["able"] = self.pool.more["able"][members]
        return batch

    def _natural_table(self, batch: Batch) -> Columns:
        setting, more = self.donors.setting, self.pool.more
        at = spans(self.pool_natural[self.position], self.naturals)
        ids = copied_ids(
            more["natural_id"][at], np.repeat(self.use, self.naturals), np.zeros(len(at), np.int64)
        )
        road = np.where(more["natural_harsh"][at], *setting.inputs.list("natural_road"))
        return {
            "id": ids,
            "village": np.repeat(np.arange(len(self.position)), self.naturals),
            "households": np.bincount(batch.household["natural"], minlength=len(at)),
            "harsh": more["natural_harsh"][at],
            "road": setting.draws.uniform(ids, "road") < road,
        }


def _joined(donors: Donors, *parts: Batch) -> Batch:
    """The households of the parts in one batch, village by village in the order of their ids,
    with what depends on the neighbours: ties, and the windows of income."""
    village = np.concatenate([part.village for part in parts])
    ids = np.concatenate([part.household["id"] for part in parts])
    order = np.lexsort((ids, village))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    offsets = np.cumsum([0, *(len(part.village) for part in parts)])
    home = place[np.concatenate([p.home + at for p, at in zip(parts, offsets, strict=False)])]
    members = np.argsort(home, kind="stable")
    batch = Batch(village[order], home[members], whole=True)
    for name in parts[0].household:
        column = np.concatenate([part.household[name] for part in parts])[order]
        batch.household[name] = column.astype(parts[0].household[name].dtype)
    for name in parts[0].person:
        column = np.concatenate([part.person[name] for part in parts])[members]
        batch.person[name] = column.astype(parts[0].person[name].dtype)
    for name in (*COMPONENTS, "income"):
        batch.more[name] = np.concatenate([part.more[name] for part in parts])[order]
    batch.more["able"] = np.concatenate([part.more["able"] for part in parts])[members]
    _ties(donors.setting, batch)
    windows(donors.setting, batch)
    batch.household["village"] = batch.village.astype(np.int32)
    batch.household["residence"] = batch.household["village"].copy()
    batch.person["household"] = batch.home.astype(np.int32)
    return batch


def _count(batch: Batch, villages: int) -> Columns:
    """What villages count over their people at the end of a month."""
    home, village = batch.household, batch.village
    listed = np.isin(home["registered"], (Registered.POOR, Registered.RELAPSED))
    size = home["size"].astype(np.int64)
    counted = {
        name: np.bincount(village, values, villages).astype(np.int64)
        for name, values in (
            ("persons", size), ("households", np.ones(len(size))), ("migrants", home["away"]),
            ("workers", batch.count(batch.more["able"])),
            ("registered_poor", np.where(listed, size, 0)),
        )
    }  # fmt: skip
    share = counted["registered_poor"] / np.maximum(1, counted["persons"])
    return {**counted, "headcount_start": share}
