"""What happened to one household, in words: the watcher behind `fanpin follow`.

After each mechanism the diary compares the household's cells, its members' and its village's
with what they were, and tells the changes that matter; the rest of the columns stay silent. So a
new mechanism shows up as soon as it changes a column that has a sentence here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from app.bills import tell_bill, yuan
from sim.calendar import month_text
from sim.livelihoods.coping import Coping
from sim.mechanism import Mechanism, Now
from sim.model import PovertyModel
from sim.world.codes import Cause, HouseGrade, Job, Registered, Relocation, RelocationMode, School

__all__ = ["Diary"]

_JOBS = {
    Job.NONE: "no work", Job.FARM: "the farm", Job.LOCAL: "a local wage job",
    Job.WORKSHOP: "the poverty workshop", Job.POST: "a public-welfare post",
    Job.MIGRANT_PROVINCE: "work away in the province",
    Job.MIGRANT_OUT: "work away outside the province",
    Job.BUSINESS: "a business of their own",
}  # fmt: skip
_REGISTERED = {
    Registered.NEVER: "not registered", Registered.POOR: "registered poor",
    Registered.EXITED: "registered as out of poverty",
    Registered.RELAPSED: "registered as fallen back",
    Registered.REMOVED: "removed from the register",
}  # fmt: skip
_COPING = {
    Coping.LESS: "consumes less", Coping.KIN: "gets help from kin and neighbours",
    Coping.INFORMAL_LOAN: "borrows from friends", Coping.BANK_LOAN: "borrows from a bank",
    Coping.SALE: "sells livestock or goods", Coping.MIGRATE: "looks for work away",
    Coping.DROP_OUT: "can not keep a child in school", Coping.FORGO_CARE: "can not pay for care",
    Coping.HUNGRY: "consumes less than subsistence",
}  # fmt: skip
"""Ways of coping that are told; living on savings is too common to tell."""


class Diary:
    """Watches one household; `pages` maps a month index to its entries."""

    def __init__(self, model: PovertyModel, identity: int) -> None:
        self.model, self.world = model, model.world
        found = np.flatnonzero(self.world.household.id == np.uint64(identity))
        if found.size == 0:
            raise ValueError(
                f"no household {identity} in this sample and county: take an id from the same "
                f"--sample, or name a kind such as relapsed, relocated, ill or poor"
            )
        self.row = int(found[0])
        self.village = int(self.world.household.village[self.row])
        self.pages: dict[int, list[str]] = {}
        self._before = self._snapshot()

    # --- watching ------------------------------------------------------------------------------

    def _snapshot(self) -> dict[str, dict[int, dict[str, float]]]:
        world = self.world
        members = np.flatnonzero(world.person.household == self.row)

        def cells(kind: str, rows: Any) -> dict[int, dict[str, float]]:
            table = world.tables[kind]
            names = [n for n, a in table.items() if a.ndim == 1]
            return {int(r): {n: table[n][r].item() for n in names} for r in rows}

        return {
            "person": cells("person", members),
            "household": cells("household", [self.row]),
            "village": cells("village", [self.village]),
        }

    def look(self, mechanism: Mechanism, county: int | None) -> None:
        """Called after each mechanism has run."""
        after = self._snapshot()
        for kind in ("village", "person", "household"):
            for row, cells in after[kind].items():
                before = self._before[kind].get(row)
                if before is None:
                    self._write(f"{self._who(cells)} joins the household")
                    continue
                changed = {n for n in cells if cells[n] != before[n]}
                if changed:
                    getattr(self, f"_{kind}")(mechanism, changed, before, cells)
        for row, before in self._before["person"].items():
            if row not in after["person"] and before["alive"]:
                self._write(f"{self._who(before)} leaves the household")
        self._before = after

    def _write(self, text: str) -> None:
        page = self.pages.setdefault(self.model.now.month, [])
        if text not in page:
            page.append(text)

    @staticmethod
    def _who(cells: dict[str, float]) -> str:
        years = int(cells["age"]) // 12
        kind = (
            ("girl" if years < 16 else "woman")
            if cells["female"]
            else ("boy" if years < 16 else "man")
        )
        head = ", head" if cells["relation"] == 1 else ""
        return f"{kind} of {years}{head}"

    # --- sentences -----------------------------------------------------------------------------

    def _village(self, mechanism: Mechanism, changed: set[str], old: Any, new: Any) -> None:
        if "hit" in changed and new["hit"]:
            names = [
                n
                for bit, n in ((1, "drought"), (2, "hail"), (4, "flood or landslide"))
                if int(new["hit"]) & bit
            ]
            self._write(
                f"village: {' and '.join(names)}; {new['crop_factor']:.0%} of the crop is left"
            )
        if "workshop_places" in changed and new["workshop_places"] > 0:
            self._write(f"village: a workshop with {new['workshop_places']:.0f} places opens")
        if "pv" in changed and new["pv"] > 0:
            self._write(f"village: a solar station of {new['pv']:.0f} kW")

    def _person(self, mechanism: Mechanism, changed: set[str], old: Any, new: Any) -> None:
        who = self._who(new)
        if "alive" in changed and not new["alive"]:
            self._write(f"{who} dies")
            return
        for name, yes, no in (
            ("chronic", "falls chronically ill", "is well again"),
            ("serious", "falls seriously ill (大病)", "recovers from the serious illness"),
            ("certificate", "passes a course and has a certificate", ""),
            ("family_doctor", "has a family-doctor contract", "loses the family-doctor contract"),
            ("organised", "is offered an organised placement", ""),
            ("insured", "joins basic insurance", "drops out of basic insurance"),
            ("married", "marries", ""),
        ):
            if name in changed:
                text = yes if new[name] else no
                if text:
                    self._write(f"{who} {text}")
        if "disability" in changed and new["disability"]:
            self._write(f"{who} becomes disabled, grade {new['disability']:.0f}")
        if "forgone" in changed and new["forgone"]:
            self._write(f"{who} needs hospital care and goes without it")
        if "training" in changed and new["training"] > old["training"]:
            self._write(f"{who} begins a training course")
        if "school" in changed:
            if new["school"] == School.DROPPED_OUT:
                self._write(f"{who} drops out of school")
            elif old["school"] == School.DROPPED_OUT:
                self._write(f"{who} is back in school")
            elif new["school"] in (School.SENIOR, School.VOCATIONAL, School.COLLEGE):
                self._write(f"{who} enters {School(int(new['school'])).name.lower()} school")
        if "job" in changed:
            wage = f", {yuan(new['wage'])} yuan a month" if new["wage"] else ""
            self._write(
                f"{who}: from {_JOBS[Job(int(old['job']))]} to {_JOBS[Job(int(new['job']))]}{wage}"
            )
        if mechanism.name == "a04_insurance" and new["bill"] and "bill_year" in changed:
            now = self.model.now
            funded = float(
                self.world.county["assistance_share"][self.world.village.county[self.village]]
            )
            told = tell_bill(
                mechanism, old, new, self._before["household"][self.row], now.calendar == 1, funded
            )
            self._write(f"{who} in hospital: {told}")

    def _household(self, mechanism: Mechanism, changed: set[str], old: Any, new: Any) -> None:
        if "registered" in changed:
            state = _REGISTERED[Registered(int(new["registered"]))]
            self._write(f"► {state} (observed {yuan(new['seen_income'])} yuan a head)")
        if "visited" in changed:
            gap = ", sees a gap" if new["seen_gap"] else ""
            self._write(f"visit: income seen as {yuan(new['seen_income'])} yuan a head{gap}")
        if "poor" in changed:
            state = "truly poor" if new["poor"] else "truly out of poverty"
            size = max(1, new["size"])
            gaps = [n for n in ("education", "medical", "house", "water") if new[f"gap_{n}"] > 0]
            why = f"; without {', '.join(gaps)}" if gaps and new["poor"] else ""
            self._write(
                f"● {state}: {yuan(new['income12'] / size)} yuan a head in twelve months{why}"
            )
        if "relapse_month" in changed and new["relapse_month"]:
            cause = Cause(int(new["relapse_cause"])).name.lower().replace("_", " ")
            left = month_text(int(new["exit_month"]))
            self._write(f"● has fallen back after its exit in {left}; cause: {cause}")
        if "monitor" in changed and new["monitor"]:
            self._write("► monitored as at risk")
        if "relocation" in changed:
            stage = Relocation(int(new["relocation"])).name.lower()
            mode = RelocationMode(int(new["relocation_mode"])).name.lower().replace("_", " ")
            self._write(f"relocation: {stage} ({mode})")
        if "house" in changed:
            before, after = (HouseGrade(int(cells["house"])).name for cells in (old, new))
            self._write(f"house: grade {before} to {after}")
        if "water" in changed:
            self._write("safe water" if new["water"] else "loses safe water")
        if "dibao" in changed:
            self._write(
                f"dibao: {yuan(new['dibao_pay'])} yuan a month" if new["dibao"] else "dibao ends"
            )
        if "equity" in changed and new["equity"]:
            self._write(f"equity of {yuan(new['equity'])} yuan in its name")
        if "ceremony" in changed and new["ceremony"] - old["ceremony"] > 100_000:
            self._write(
                f"wedding, funeral or gifts: {yuan(new['ceremony'] - old['ceremony'])} yuan"
            )
        if "schooling" in changed and new["schooling"] > old["schooling"]:
            self._write(f"school costs {yuan(new['schooling'] - old['schooling'])} yuan")
        for name, text in (
            ("debt_bank", "bank"),
            ("debt_kin", "kin and neighbours"),
            ("debt_house", "the house"),
        ):
            if name in changed and new[name] - old[name] > 50_000:
                self._write(f"borrows {yuan(new[name] - old[name])} yuan ({text})")
        if mechanism.name == "farming" and new["business"] - old["business"] > 200_000:
            self._write(f"harvest and farm: {yuan(new['business'] - old['business'])} yuan")
        if "coping" in changed and new["coping"]:
            ways = [words for bit, words in _COPING.items() if int(new["coping"]) & bit]
            if ways:
                self._write(f"short of cash: {', '.join(ways)}")

    def close_month(self, now: Now) -> None:
        """A line of accounts each December."""
        if now.calendar != 12:
            return
        h = self._before["household"][self.row]
        size = max(1, h["size"])
        line = self.model.parameters.value("calendar.line", now.month)
        debts = yuan(h["debt_bank"] + h["debt_kin"] + h["debt_house"])
        self._write(
            f"year {now.year}: income {yuan(h['income12'] / size)} a head (line {line:,.0f}), "
            f"cash {yuan(h['cash'])}, debts {debts}, "
            f"{_REGISTERED[Registered(int(h['registered']))]}, "
            f"truly {'poor' if h['poor'] else 'not poor'}"
        )
