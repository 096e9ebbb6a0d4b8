"""Action 2, skills and employment: what happens to people month by month.

Courses end in certificates, posts are paid, small businesses earn or fail. Who gets a seat or a
post is decided in a02_office.

Clauses: A2.1 a higher subsidy buys better courses, A2.2 trainees are paid, A2.3 training and
certificate in one hand, A2.7 returnee businesses.
"""

import numpy as np

from sim.chance import normal, uniform
from sim.few import draw_for, list_flagged, room_for
from sim.kernel import kernel
from sim.mechanism import Mechanism
from sim.world.codes import Job, Skill
from sim.world.columns import account, deed

__all__ = ["Employment"]

FARM, NONE, POST, BUSINESS, LOCAL = Job.FARM, Job.NONE, Job.POST, Job.BUSINESS, Job.LOCAL


@kernel
def _occupied(training, job, starts, flags):
    """Flag who is in a course, a post or a business, and (if `starts`) who may start one."""
    for k in range(training.size):
        flags[k] = (
            (training[k] > 0)
            | (job[k] == POST)
            | (job[k] == BUSINESS)
            | (starts & (job[k] == LOCAL))
        )


@kernel
def _go_on(at, persons, households, villages, words, p, listed, count):
    """One month of the listed: the course, the post, the business."""
    fail = 1.0 - (1.0 - p.business_failure) ** (1.0 / 12.0)
    start = p.business_start * p.A2_7 / 12.0
    pass_exam = p.certificate_rate + p.certificate_integrated * p.A2_3
    pass_exam += p.certificate_uplift * p.A2_1
    stipend = np.int32(round(p.training_stipend * 100 * p.A2_2))
    subsidy = np.int64(round(p.business_subsidy * 100))
    for k in range(np.uint64(count)):
        i = np.uint64(at.first_person) + np.uint64(listed[k])
        job = persons.job[i]
        training = persons.training[i]
        if training > 0:
            h = persons.household[i]
            persons.training[i] = training - 1
            if stipend > 0:
                households.aid[h] += stipend
                households.granted[h] += stipend
                villages.paid_stipend[households.village[h]] += stipend
                villages.did_training_stipends[households.village[h]] += 1
            if training == 1 and uniform(words[0, k]) < pass_exam:
                persons.certificate[i] = 1
                villages.did_certified[households.village[h]] += 1
        if job == POST and persons.ranger[i] == 0:
            h = persons.household[i]
            households.wage[h] += persons.wage[i]
            households.granted[h] += persons.wage[i]
            villages.paid_posts[households.village[h]] += persons.wage[i]
            if persons.skill[i] < Skill.WEAK or persons.alive[i] == 0:
                persons.job[i] = NONE
                persons.wage[i] = 0
        elif job == BUSINESS:
            h = persons.household[i]
            if uniform(words[1, k]) < fail:
                persons.job[i] = FARM
                persons.job_months[i] = 0
                households.business[h] -= np.int32(p.business_loss * 100.0)
            else:
                profit = p.business_profit * persons.earnings[i] * p.farm_index * p.business
                households.business[h] += np.int32(
                    profit * 100.0 * max(0.0, 1.0 + p.business_spread * normal(words[2, k]))
                )
        elif job == LOCAL and start > 0.0 and uniform(words[3, k]) < start:
            h = persons.household[i]
            if persons.alive[i] == 1 and households.registered[h] != 0:
                persons.job[i] = BUSINESS
                persons.job_months[i] = 0
                persons.wage[i] = 0
                households.aid[h] += np.int32(subsidy)
                households.granted[h] += np.int32(subsidy)
                villages.paid_startup[households.village[h]] += subsidy
                villages.did_startups[households.village[h]] += 1


@kernel
def employ(at, persons, households, villages, counties, words, chance, p):
    """Courses, posts and small businesses of a block, one month on."""
    a = at.first_person
    b = at.end_person
    flags = np.zeros(room_for(b - a), np.uint8)
    listed = np.empty(flags.size, np.uint32)
    _occupied(persons.training[a:b], persons.job[a:b], p.business_start * p.A2_7 > 0.0, flags)
    count = list_flagged(flags, 1, listed)
    drawn = draw_for(chance, persons.id, a, listed, count)
    _go_on(at, persons, households, villages, drawn, p, listed, count)


class Employment(Mechanism):
    """Courses end in certificates, posts are paid, returnees' small businesses earn or fail."""

    name = "a02_employment"
    zh = "培训、公益岗位与返乡创业（逐月）"
    clauses = ("A2.1", "A2.2", "A2.3", "A2.7")
    reads = ("person.id", "person.alive", "person.household", "person.skill", "person.earnings",
             "person.ranger", "household.village", "household.registered")  # fmt: skip
    writes = ("person.certificate", "household.wage", "household.business", "household.aid",
              "household.granted", "village.paid_posts", "village.paid_stipend",
              "village.paid_startup", "village.did_training_stipends", "village.did_certified",
              "village.did_startups")  # fmt: skip
    changes = ("person.job", "person.job_months", "person.wage", "person.training")
    columns = (
        deed("training_stipends", "person-months", "months of training with a stipend",
             "带薪培训人月"),
        deed("certified", "persons", "persons who ended a course with a certificate",
             "培训取证人数"),
        deed("startups", "businesses", "small businesses begun with a grant", "扶持创业数"),
        account("posts", "pay of public-welfare posts", "公益岗位补贴"),
        account("stipend", "stipends during training", "带薪培训补助"),
        account("startup", "start-up grants", "创业补贴"),
    )  # fmt: skip
    uses = ("economy.farm_index", "pandemic.business")
    rule = employ
