"""How good the register is, how soon the state knows, and how far governance has reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from sim.indicators.observation import Counts, Indicator, Observation, Row
from sim.kernel import kernel
from sim.measures.g_scope import INCOME
from sim.mechanism import Now
from sim.registry.visits import is_hard, wanted
from sim.world.codes import Registered
from sim.world.world import World

__all__ = ["Governance"]

_POOR, _EXITED = Registered.POOR, Registered.EXITED
_RELAPSED, _REMOVED = Registered.RELAPSED, Registered.REMOVED


@kernel
def count(at, persons, households, villages, counties, out, p):
    """Persons on and off the register by their true state; households by when they were seen."""
    january = at.year * 12
    line = p.line * 100.0
    focus = np.float64(counties.focus[at.county])
    for v in range(at.first_village, at.end_village):
        visits = villages.team[v] / p.hours_visit
        need = wanted(villages.first_household[v], villages.end_household[v], focus, households, p)
        out[18] += np.int64(visits * need * 1_000_000.0 + 0.5)
        for h in range(villages.first_household[v], villages.end_household[v]):
            size = np.int64(households.size[h])
            if households.alive[h] == 0 or size == 0:
                continue
            state = households.registered[h]
            truly = households.poor[h] != 0
            listed = state == _POOR or state == _RELAPSED
            elite = households.elite[h] != 0
            out[19] += 1
            out[20] += size * (state == _REMOVED)
            out[0] += size * listed
            out[1] += size * (listed and not truly)
            out[2] += size * truly
            out[3] += size * (truly and not listed)
            out[4] += size * elite
            out[5] += size * (elite and listed)
            if listed:
                rich = households.registry_income[h] >= p.wealth_income * line
                rich = rich or households.cash[h] >= p.wealth_cash * line * size
                out[17] += size * rich
                seen = at.month - households.visited[h] < p.recent
                hard = is_hard(households.cause[h])
                out[6] += 1
                out[7] += seen
                out[8] += hard
                out[9] += hard and seen
                out[10] += np.int64(visits * 1_000_000.0 + 0.5)
            if state == _EXITED:
                known = households.known_month[h]
                since = households.relapse_month[h]
                out[11] += size * truly
                out[12] += size * (truly and known < since)
                if known >= since and since > 0 and january <= known <= at.month:
                    out[13] += size
                    out[14] += size * np.int64(known - since)
                if january <= households.exit_month[h] <= at.month:
                    out[15] += size
                    out[16] += size * truly


class Governance(Observation):
    """Errors of the register, delay of detection, visits, and the coverage of governance.

    Errors compare the register in December with the true state, persons throughout: inclusion,
    registered but not truly poor (those who have risen and wait for the year's plan of exits are
    in it, so `misregistered` counts those who are plainly well off); exclusion, truly poor but
    not on the register (those who have exited are in it, too). The delay is from a true relapse
    to the first look that showed it, over the relapses that became known in the year;
    `relapse_unknown` is what no look has shown yet. Visits are of households on the register.
    """

    name = "indicators_governance"
    zh = "识别质量与治理指标"
    reason = "an observation"
    reads = (
        "household.alive", "household.size", "household.registered", "household.poor",
        "household.elite", "household.visited", "household.cause", "household.known_month",
        "household.relapse_month", "household.exit_month", "village.team",
        "village.first_household", "village.end_household", "village.reserve_cadres",
        "village.poor_village", "village.site", "village.county", "village.linked_village",
        "village.persons",
        "township.linked_township", "township.county", "county.leaders", "county.exits_pressed",
        "county.code", "county.sample", "household.registry_income", "household.cash",
        "household.monitor", "county.focus",
    )  # fmt: skip
    uses = (
        "calendar.line", "screening.wealth_income", "screening.wealth_cash", "visits.hours_visit",
        "visits.attention_poor", "visits.attention_exited", "visits.attention_other",
        "s3_leaders.leaders",
    )  # fmt: skip
    months = (12,)
    counts = (
        "listed", "listed_not_poor", "poor", "poor_not_listed", "elite", "elite_listed", "homes",
        "seen", "hard", "hard_seen", "visits", "exited_poor", "exited_unknown", "known", "delay",
        "exits", "exits_poor", "rich", "all_visits", "all_homes", "removed",
    )  # fmt: skip
    indicators = (
        Indicator("inclusion_error", "share",
            "persons on the register who are not truly poor",
            "错评率", "year"),
        Indicator("misregistered", "share",
            "persons on the register whose income or savings contradict it, as records show",
            "财产收入不符在册比例", "year"),
        Indicator("exclusion_error", "share",
            "truly poor persons who are not on the register",
            "漏评率", "year"),
        Indicator("false_exit_share", "share",
            "of the year's exits, persons truly poor in December",
            "错退率", "year"),
        Indicator("exits_pressed", "persons",
            "let out to fill the year's plan though not eligible",
            "为完成计划退出人数", "year"),
        Indicator("elite_registered", "share",
            "persons of leading families who are on the register",
            "强势户在册比例", "year"),
        Indicator("detection_delay", "months",
            "from a true relapse to the first look that showed it",
            "返贫发现时滞", "year"),
        Indicator("relapse_unknown", "share",
            "of exited persons truly poor again, those whom no look has shown to be",
            "未发现返贫比例", "year"),
        Indicator("visits_registered", "visits/month",
            "visits to a household on the register",
            "在册户月均走访次数", "year"),
        Indicator("visits_household", "visits/month",
            "visits to a household of any kind", "户均月走访次数", "year"),
        Indicator("removed", "persons",
            "struck off the register as wrongly on it, all years", "剔除人数（累计）", "year"),
        Indicator("seen_recently", "share",
            "households on the register seen in the last three months",
            "近三月走访覆盖率", "year"),
        Indicator("seen_recently_hard", "share",
            "the same, of those poor by illness, disability, schooling or disaster",
            "重点户近三月走访覆盖率", "year"),
        Indicator("reserve_covered", "share",
            "registered poor villages with a reserve cadre",
            "有后备干部的贫困村比例", "year"),
        Indicator("leader_links", "count",
            "places that a provincial leader answers for (group county, township, village)",
            "每名省级领导联系县乡村数", "year"),
        Indicator("delivered", "yuan/person-year",
            "delivered by budgeted programmes, what leaked or was wasted left out",
            "预算项目实际到位资金", "year"),
        Indicator("core_share", "share",
            "of what budgeted programmes delivered, those from which households earn",
            "增收项目支出占比", "year"),
    )  # fmt: skip
    rule = count

    def finish(
        self, month: Counts, year: Counts, now: Now
    ) -> Iterator[tuple[str, str, bool, float]]:
        """Shares in December."""
        for name, part, whole in (
            ("inclusion_error", "listed_not_poor", "listed"),
            ("exclusion_error", "poor_not_listed", "poor"),
            ("false_exit_share", "exits_poor", "exits"),
            ("misregistered", "rich", "listed"),
            ("elite_registered", "elite_listed", "elite"),
            ("detection_delay", "delay", "known"),
            ("relapse_unknown", "exited_unknown", "exited_poor"),
            ("seen_recently", "seen", "homes"),
            ("seen_recently_hard", "hard_seen", "hard"),
        ):
            if month(whole) > 0:
                yield name, "", True, month.share(part, whole)
        yield "removed", "", True, month("removed")
        if month("all_homes") > 0:
            visits = month.share("all_visits", "all_homes") / 1_000_000.0
            yield "visits_household", "", True, visits
        if month("homes") > 0:
            yield "visits_registered", "", True, month.share("visits", "homes") / 1_000_000.0

    def rows(self, world: World, now: Now) -> Iterable[Row]:
        """What the counties' books and the villages' flags say."""
        county, village, township = world.county, world.village, world.township
        codes = county.code.tolist()
        pressed = county.exits_pressed / county.sample
        poor = (village.poor_village == 1) & (village.site == 0)
        staffed = poor & (village.reserve_cadres >= 1)
        for row, code in enumerate(codes):
            yield code, now.year, 0, "exits_pressed", "", float(pressed[row])
            here = poor & (village.county == row)
            if here.any():
                share = float(staffed[here].mean())
                yield code, now.year, 0, "reserve_covered", "", share
        yield 0, now.year, 0, "exits_pressed", "", float(pressed.sum())
        weight = 1.0 / county.sample[village.county]
        whole = float((poor * weight).sum())
        if whole > 0.0:
            yield 0, now.year, 0, "reserve_covered", "", float((staffed * weight).sum() / whole)
        links = (
            ("county", float(county.leaders.sum())),
            ("township", float(township.linked_township.sum())),
            ("village", float((village.linked_village * weight).sum())),
        )
        for group, number in links:
            yield 0, now.year, 0, "leader_links", group, number / self.p.leaders
        yield from self._money(world, now)

    def _money(self, world: World, now: Now) -> Iterable[Row]:
        """What budgeted programmes delivered this year, and the share meant to raise incomes."""
        ledger, county = world.ledger, world.county
        columns = [world.columns[f"village.{name}"] for name in ledger.paid_columns]
        budgeted = np.array([one.family != "" for one in columns])
        first = budgeted & np.isin(ledger.programmes, INCOME)
        spent = ledger.spent_year / county.sample
        people = np.bincount(world.village.county, world.village.persons, len(county.code))
        people = people / county.sample
        whole, core = spent[budgeted].sum(axis=0), spent[first].sum(axis=0)
        for row, code in enumerate(county.code.tolist()):
            yield code, now.year, 0, "delivered", "", float(whole[row] / people[row] / 100.0)
            if whole[row] > 0.0:
                yield code, now.year, 0, "core_share", "", float(core[row] / whole[row])
        yield 0, now.year, 0, "delivered", "", float(whole.sum() / people.sum() / 100.0)
        if whole.any():
            yield 0, now.year, 0, "core_share", "", float(core.sum() / whole.sum())
