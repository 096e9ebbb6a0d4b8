"""Action 6, relocation: who is moved: the county's survey, ranking and approval under the quota.

Only registered households are moved; neighbours who follow at their own cost are left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.measures.lasting import at_month
from sim.measures.need import whole_places
from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered
from sim.world.codes import Relocation as Stage
from sim.world.codes import RelocationMode as Mode
from sim.world.columns import column, deed
from sim.world.world import World

__all__ = ["RelocationOffice"]

NONE, APPROVED = Stage.NONE, Stage.APPROVED
WHOLE, CONCENTRATED, SCATTERED, CASH = (
    Mode.WHOLE_VILLAGE, Mode.CONCENTRATED, Mode.SCATTERED, Mode.CASH,
)  # fmt: skip


class RelocationOffice(Mechanism):
    """The county's relocation office, once a year in spring from 2018.

    The quota is the national programme's as the plan's clauses carry it out; how much of it would
    run without them is a parameter (none by default). Under A6.2 places reallocated inside the
    province come to the deep-poverty counties first. What a year leaves
    over, whole or in part, goes to the next as long as there is a programme.

    Candidates are registered poor households in natural villages that cannot feed their people
    or in villages with frequent disasters, if they are willing and have been found: the full
    survey of A6.1 finds all and ranks them by need, without it only some are found and the
    ranking is rough. Under A6.3 a county moves such a natural village as a whole: its
    households stand together in the ranking, and more are willing to go with their neighbours.
    Under A6.4 some take money instead of a house. The ranking is strict: the first household
    that does not fit ends the year's list.
    """

    name = "a06_office"
    zh = "易地搬迁摸底、指标与审批"
    clauses = ("A6.1", "A6.2", "A6.3", "A6.4")
    reads = (
        "household.id", "household.alive", "household.village", "household.natural",
        "household.size", "household.registered", "household.seen_income", "natural.id",
        "natural.harsh", "village.site", "village.flood_risk", "village.distance",
        "county.registered_start",
    )  # fmt: skip
    writes = ("county.relocation_left", "county.first_site", "county.end_site",
              "county.relocation_candidates", "village.did_relocation_places")  # fmt: skip
    changes = ("household.relocation", "household.relocation_mode", "household.relocation_month")
    columns = (
        column("county", "relocation_left", "f8", "persons",
               "places of the relocation quota carried over", "搬迁指标结转"),
        column("county", "relocation_candidates", "i8", "persons",
               "persons in households found eligible and willing this year", "摸底核实人数",
               report="total"),
        deed("relocation_places", "persons", "places of the relocation quota", "易地搬迁指标"),
        column("county", "first_site", "i4", "row",
               "first row of its resettlement sites", "首个安置点行"),
        column("county", "end_site", "i4", "row",
               "row after its last resettlement site", "末安置点后行"),
    )  # fmt: skip
    uses = ("calendar.line",)
    months = (3,)
    in_burn_in = False

    def begin(self, world: World, now: Now) -> None:
        """Find the rows of each county's resettlement sites (a county's last villages)."""
        ends = world.starts["village"][1:]
        sites = np.add.reduceat(world.village.site.astype(np.int64), world.starts["village"][:-1])
        world.county.first_site[:] = ends - sites
        world.county.end_site[:] = ends

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """Survey, rank and approve."""
        running = max(p.without_plan, p.A6_1, p.A6_2, p.A6_3, p.A6_4)
        if p.quota * running <= 0.0:
            return
        exact = p.quota * running / 1000.0 * world.county.registered_start[county]
        exact *= 1.0 + p.deep_first * p.A6_2
        first = world.starts["village"][county]
        world.village.did_relocation_places[first] += round(exact)
        places, left = whole_places(exact, world.county.relocation_left[county])
        rows, score, group, mode = self._survey(world, county, p, at_month(chance, 0))
        sizes = world.household.size[rows].astype(np.int64)
        world.county.relocation_candidates[county] = sizes.sum()
        order = np.lexsort((world.household.id[rows], group, -score))
        fits = np.searchsorted(np.cumsum(sizes[order]), places, side="right")
        chosen = order[:fits]
        world.household.relocation[rows[chosen]] = APPROVED
        world.household.relocation_mode[rows[chosen]] = mode[chosen]
        world.household.relocation_month[rows[chosen]] = now.month
        world.county.relocation_left[county] = left + places - sizes[chosen].sum()

    def _survey(
        self, world: World, county: int, p: Any, chance: Any
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Candidates found and willing: row, score, natural village if moved whole, and mode.

        The draws are those of a lasting trait (`chance` is set to one month for all years).
        """
        household, village, natural = world.household, world.village, world.natural
        span = world.county_rows(county, "household")
        state = household.registered[span]
        fit = (household.alive[span] == 1) & (household.relocation[span] == NONE)
        fit &= (state == Registered.POOR) | (state == Registered.RELAPSED)
        fit &= (household.natural[span] >= 0) & (household.size[span] > 0)
        rows = np.flatnonzero(fit) + span.start
        at, home = household.natural[rows], household.village[rows]
        harsh = natural.harsh[at] == 1
        struck = village.flood_risk[home] >= p.hazard_limit
        keep = harsh | struck
        rows, at, home, harsh = rows[keep], at[keep], home[keep], harsh[keep]
        whole = harsh & (draws(chance, natural.id[at])[0] < p.whole_share * p.A6_3)
        u = draws(chance, household.id[rows])
        willing = u[0] < np.where(whole, p.willing_whole, p.willing)
        found = u[1] < p.found_without + (1.0 - p.found_without) * p.A6_1
        seen = np.minimum(1.0, household.seen_income[rows] / (p.line * 100.0))
        score = p.weight_harsh * harsh + p.weight_income * (1.0 - seen)
        score = score + p.weight_hazard * village.flood_risk[home] / p.hazard_limit
        score += p.weight_distance * village.distance[home] / 100.0
        score += (1.0 - p.A6_1) * p.rough * (draws(chance, household.id[rows], 2)[0] - 0.5)
        score = _shared(score, np.where(whole, at, -1))
        mode = np.where(u[2] < p.scattered_share, SCATTERED, CONCENTRATED)
        mode = np.where(u[3] < p.cash_share * p.A6_4, CASH, mode)
        mode = np.where(whole, WHOLE, mode)
        group = np.where(whole, natural.id[at], np.uint64(0))
        keep = willing & found
        return rows[keep], score[keep], group[keep], mode[keep]


def _shared(score: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Give all members of a group (>= 0) the highest score among them."""
    inside = group >= 0
    if not inside.any():
        return score
    names, index = np.unique(group[inside], return_inverse=True)
    best = np.full(names.size, -np.inf)
    np.maximum.at(best, index, score[inside])
    score = score.copy()
    score[inside] = best[index]
    return score
