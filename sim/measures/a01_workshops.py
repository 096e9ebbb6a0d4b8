"""Action 1, poverty workshops (A1.4): who works in them. They are built by a01_investment."""

import numpy as np

from sim.chance import fill, uniform
from sim.kernel import kernel
from sim.mechanism import Mechanism
from sim.world.codes import Job, Registered, School, Skill

__all__ = ["Workshops"]

FARM, NONE, WORKSHOP = Job.FARM, Job.NONE, Job.WORKSHOP
POOR, EXITED, RELAPSED = Registered.POOR, Registered.EXITED, Registered.RELAPSED


@kernel
def _staff_village(persons, households, villages, words, p, first, end):
    """Who works in a village's workshop: pay, quitting, closure, hiring from those bound to the
    home. Rows of the village: `first` to `end`; words: of these."""
    hire_poor = p.hire_supported
    hire_other = p.hire_other
    for i in range(first, end):
        job = persons.job[i]
        k = i - first
        if job == WORKSHOP:
            h = persons.household[i]
            v = households.village[h]
            gone = persons.alive[i] == 0
            if gone or villages.workshop_places[v] == 0 or uniform(words[0, k]) < p.quit:
                persons.job[i] = FARM
                persons.job_months[i] = 0
                persons.wage[i] = 0
                villages.workshop_workers[v] -= 1
            elif uniform(words[1, k]) < p.workshop_open:
                households.wage[h] += persons.wage[i]
        elif (job == FARM or job == NONE) and persons.alive[i] == 1:
            u = uniform(words[0, k])
            if u < hire_poor:
                age = persons.age[i]
                if age < 216 or age >= 720 or persons.school[i] != School.NONE:
                    continue
                if persons.skill[i] < Skill.WEAK or persons.training[i] > 0:
                    continue
                h = persons.household[i]
                v = households.village[h]
                if villages.workshop_workers[v] >= villages.workshop_places[v]:
                    continue
                state = households.registered[h]
                if state == POOR or state == EXITED or state == RELAPSED or u < hire_other:
                    persons.job[i] = WORKSHOP
                    persons.job_months[i] = 0
                    part = 0.5 if persons.skill[i] == Skill.WEAK else 1.0
                    persons.wage[i] = np.int32(p.pay * 100.0 * p.wage_index * part)
                    villages.workshop_workers[v] += 1


@kernel
def staff(at, persons, households, villages, counties, words, chance, p):
    """The villages that have a workshop, or had one; words are drawn for their people only."""
    most = 0
    for v in range(at.first_village, at.end_village):
        if villages.workshop_places[v] > 0 or villages.workshop_workers[v] != 0:
            most = max(most, villages.end_person[v] - villages.first_person[v])
    if most == 0:
        return
    drawn = np.empty((4, most), np.uint32)
    for v in range(at.first_village, at.end_village):
        if villages.workshop_places[v] > 0 or villages.workshop_workers[v] != 0:
            first = np.uint64(villages.first_person[v])
            end = np.uint64(villages.end_person[v])
            fill(chance, persons.id, first, end, drawn)
            _staff_village(persons, households, villages, drawn, p, first, end)


class Workshops(Mechanism):
    """People bound to the home find part-time work in the village's workshop."""

    name = "a01_workshops"
    zh = "扶贫车间就业"
    clauses = ("A1.4",)
    reads = ("person.id", "person.alive", "person.household", "person.age", "person.school",
             "person.skill", "person.training", "household.village", "household.registered",
             "village.workshop_places", "village.first_person", "village.end_person")  # fmt: skip
    writes = ("household.wage", "village.workshop_workers")
    changes = ("person.job", "person.job_months", "person.wage")
    uses = ("economy.wage_index", "pandemic.workshop_open")
    in_burn_in = False
    rule = staff
