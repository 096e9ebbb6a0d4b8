"""Going away to work and coming back: the decision of those who think about it this month."""

import numpy as np

from sim.chance import uniform
from sim.kernel import kernel
from sim.livelihoods.coping import Coping
from sim.livelihoods.work_wage import BUSINESS, FARM, LOCAL, OUT, PROVINCE, by_skill, leave, take

__all__ = ["deliberate", "inclinations"]


@kernel
def inclinations(persons, households, villages, p, thinking, thinkers, inclined, near):
    """How much each who thinks about it is drawn away, in log-odds, and how many jobs there are
    nearby, as a factor; a sum without branches, as the processor would guess most of them wrong."""
    earned = 0.0
    for m in range(12):
        earned += p.season_away[m]
    earned *= p.counted_share * p.migrant_wage * p.wage_index
    for n in range(np.uint64(thinkers)):
        i = np.uint64(thinking[n])
        h = np.uint64(persons.household[i])
        v = np.uint64(households.village[h])
        at_home = persons.job[i] == FARM
        dependants = households.dependants[h]
        hands = households.labour[h] - households.away[h]
        mu = max(0.0, households.land[h] - households.rented_out[h]) / max(1.0, hands)
        home = max(p.home_income, mu * p.crop_income[villages.terrain[v] - 1] * p.farm_index)
        away = earned * persons.earnings[i] * p.education_wage[persons.education[i]]
        peers = villages.migrants[v] / max(1, villages.workers[v])
        x = p.pull_income * np.log(away / home)
        x += 0.5 * p.pull_peers * (peers - p.usual_peers)
        x += p.pull_education[persons.education[i]]
        x -= p.hold_age * max(0.0, persons.age[i] / 12.0 - p.prime_age)
        x -= p.hold_woman * persons.female[i]
        x += by_skill(persons.skill[i], -p.hold_weak, 0.0, p.pull_skilled)
        x += p.pull_certificate * persons.certificate[i]
        x += p.pull_organised * p.A2_4 * persons.organised[i]
        held = 1.0 - min(1.0, np.float64(villages.carers_freed[v]))
        held *= 1.0 - p.carer_gain * (households.care[h] != 0)
        x -= p.hold_dependants * held * min(4, dependants) / max(1.0, hands)
        x -= p.hold_ill * households.ill[h]
        # one who is away is not among the hands at home
        alone = (hands < (1.5 if at_home else 0.5)) & (dependants > 0)
        x -= p.hold_only_carer * held * alone
        x -= p.hold_aid * households.dibao[h] * (1.0 - min(1.0, np.float64(villages.aid_freed[v])))
        x += p.push_need * ((households.coping[h] & Coping.MIGRATE) != 0)
        inclined[n] = x + villages.pull_away[v]
        near[n] = max(0.0, 1.0 + villages.local_jobs[v])


@kernel
def deliberate(at, persons, counties, words, p, thinking, thinkers, inclined, near):
    """Go away or stay at home; stay away or come home. A logit for each who thinks about it."""
    level = counties.wage_level[at.county]
    for n in range(np.uint64(thinkers)):
        i = np.uint64(thinking[n])
        k = i - np.uint64(at.first_person)
        at_home = persons.job[i] == FARM
        odds = np.exp(inclined[n] + (p.go if at_home else p.stay))
        w = uniform(words[1, k])
        if not at_home:
            if w * (1.0 + odds) >= odds:
                leave(persons, i, FARM, 0)
            continue
        luck = uniform(words[2, k])
        # in the pandemic only so many of those who would go can go
        if w * (1.0 + odds) < odds * p.migrants_able:
            take(persons, i, OUT if luck < p.out_share else PROVINCE)
        elif luck < p.local_entry * level * near[n]:
            take(persons, i, LOCAL)
        elif luck > 1.0 - p.business_entry:
            take(persons, i, BUSINESS)
