"""What is counted person by person: work away, posts, stays in hospital and who paid."""

from __future__ import annotations

from collections.abc import Iterator

from sim.indicators.observation import Counts, Indicator, Observation
from sim.kernel import kernel
from sim.mechanism import Now
from sim.world.codes import Job, Registered

__all__ = ["Persons"]


@kernel(inline=True)
def has_card(state):
    """Whether a registered state goes with a registration card."""
    return state == Registered.POOR or state == Registered.EXITED or state == Registered.RELAPSED


@kernel
def count(at, persons, households, villages, counties, out, p):
    """A dense pass for jobs, a sparse one for hospital stays, one over households for people."""
    migrants = 0
    posts = 0
    for i in range(at.first_person, at.end_person):
        job = persons.job[i]
        here = persons.alive[i] != 0
        migrants += here & ((job == Job.MIGRANT_PROVINCE) | (job == Job.MIGRANT_OUT))
        posts += here & (job == Job.POST)
    for i in range(at.first_person, at.end_person):
        if persons.admitted[i] != 0 and persons.alive[i] != 0:
            first = 5 if has_card(households.registered[persons.household[i]]) else 8
            out[first] += 1
            out[first + 1] += persons.bill[i]
            out[first + 2] += persons.own[i]
    others = 0
    carded = 0
    for h in range(at.first_household, at.end_household):
        if households.alive[h] != 0:
            if has_card(households.registered[h]):
                carded += households.size[h]
            else:
                others += households.size[h]
    out[0] += migrants
    out[1] += posts
    out[2] += others
    out[3] += carded
    if at.calendar == 12:
        for i in range(at.first_person, at.end_person):
            if persons.family_doctor[i] != 0 and persons.alive[i] != 0:
                out[4] += has_card(households.registered[persons.household[i]])


class Persons(Observation):
    """Migrants, posts, hospital stays and the patients' share of the bills.

    "registered" are all with a registration card: on the register, or exited (support goes on
    after exit); "other" are those never registered, or removed. The patient's share is of the
    bills of hospital stays.
    """

    name = "indicators_persons"
    zh = "个人指标"
    reason = "an observation"
    reads = (
        "person.alive", "person.household", "person.job", "person.admitted", "person.bill",
        "person.own", "person.family_doctor", "household.alive", "household.size",
        "household.registered",
    )  # fmt: skip
    counts = (
        "migrants", "posts", "others", "carded", "doctors",
        "stays_registered", "bills_registered", "own_registered",
        "stays_other", "bills_other", "own_other",
    )  # fmt: skip
    indicators = (
        Indicator("migrants", "persons", "working away from home", "外出务工人数", "month"),
        Indicator("posts", "persons", "in a public-welfare post", "公益性岗位人数", "month"),
        Indicator("admissions", "per 100 person-years", "hospital stays (group registered, other)",
            "住院人次", "year"),
        Indicator("out_of_pocket", "share",
            "patients' part of hospital bills (group share_registered, share_other)",
            "住院费用自付比例", "year"),
        Indicator("family_doctor", "share", "registered people with a family doctor",
            "家庭医生签约率", "year"),
    )  # fmt: skip
    rule = count

    def finish(
        self, month: Counts, year: Counts, now: Now
    ) -> Iterator[tuple[str, str, bool, float]]:
        """Monthly stocks; yearly rates in December."""
        yield "migrants", "", False, month("migrants")
        yield "posts", "", False, month("posts")
        if now.calendar != 12:
            return
        for group, people in (("registered", "carded"), ("other", "others")):
            yield "admissions", group, True, 1200.0 * year.share(f"stays_{group}", people)
            share = year.share(f"own_{group}", f"bills_{group}")
            yield "out_of_pocket", f"share_{group}", True, share
        yield "family_doctor", "", True, month.share("doctors", "carded")
