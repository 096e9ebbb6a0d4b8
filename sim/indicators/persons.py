"""What is counted person by person: work away, posts, stays in hospital and who paid."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.few import list_flagged, pick, room_for
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
def _at_work(alive, jobs, admitted, flags):
    """Migrants and holders of posts; flags who was in hospital this month."""
    migrants = np.uint32(0)
    posts = np.uint32(0)
    for k in range(alive.size):
        here = alive[k] != 0
        away = (jobs[k] == Job.MIGRANT_PROVINCE) | (jobs[k] == Job.MIGRANT_OUT)
        # wrapped, so that the sums stay narrow and many rows are added at a time
        migrants = np.uint32(migrants + np.uint32(here & away))
        posts = np.uint32(posts + np.uint32(here & (jobs[k] == Job.POST)))
        flags[k] = here & (admitted[k] != 0)
    return migrants, posts


@kernel
def count(at, persons, households, villages, counties, out, p):
    """A dense pass for jobs, the few hospital stays, a pass over households for people."""
    a = at.first_person
    b = at.end_person
    flags = np.zeros(room_for(b - a), np.uint8)
    listed = np.empty(flags.size, np.uint32)
    migrants, posts = _at_work(persons.alive[a:b], persons.job[a:b], persons.admitted[a:b], flags)
    stays = list_flagged(flags, 1, listed)
    home = pick(persons.household, a, listed, stays)
    bill = pick(persons.bill, a, listed, stays)
    own = pick(persons.own, a, listed, stays)
    for n in range(stays):
        first = 5 if has_card(households.registered[home[n]]) else 8
        out[first] += 1
        out[first + 1] += bill[n]
        out[first + 2] += own[n]
    everybody = 0
    carded = 0
    for h in range(at.first_household, at.end_household):
        size = np.int64(households.size[h]) * np.int64(households.alive[h] != 0)
        everybody += size
        carded += size * np.int64(has_card(households.registered[h]))
    out[0] += np.int64(migrants)
    out[1] += np.int64(posts)
    out[2] += everybody - carded
    out[3] += carded
    if at.calendar == 12:
        for i in range(a, b):
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
