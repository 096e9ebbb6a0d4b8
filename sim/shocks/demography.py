"""Birth, ageing, death and marriage: who lives in a household."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import normal, uniform, words
from sim.few import list_flagged, room_for
from sim.kernel import kernel
from sim.mechanism import Mechanism, Now
from sim.shocks.kinship import MOST, members, partner, succeed, vacant
from sim.shocks.tables import largest, monthly, share_place, word_below
from sim.world.codes import Relation, Skill
from sim.world.columns import column
from sim.world.identity import mix
from sim.world.world import World

__all__ = ["DAUGHTER", "SON", "Demography"]

SON, DAUGHTER = 1, 2
"""Bits of household.wedding: a son brought home a bride, a daughter married away."""

GROUP = 60
"""Months of a five-year age group, in which the tables are given."""
GROUPS = 21
"""Age groups of the death tables: 0-4, 5-9, ... 95-99, 100 and over."""
YOUNGEST = 3
"""First age group of the family tables: 15-19."""
FAMILY = 6
"""Age groups of the family tables: 15-19 to 40-44."""
OLD = 13
"""Age group from which deaths are much more common: 65-69."""
_BIRTH, _MARRIAGE, _LEAVING = range(3)
_BRIDE = np.uint64(0x62726964)
_ARRIVING = np.uint8(2)


class Demography(Mechanism):
    """Ageing, birth, marriage and death, month by month.

    Death follows a table by age and sex; a serious illness multiplies it. When the head dies,
    another takes his place (sim.shocks.kinship); a household without adults joins its kin, one
    without people ends.

    Married women of 18 to 44 bear children by a table of age and ethnic group, unless there is
    an infant in the household. The child is mix(mother, birth order).

    Marriage reaches beyond the village. A man of marriageable age who can work brings home a
    bride from elsewhere, mix(groom, a constant); unmarried women leave for other villages, in or
    out of the scope. Every January the women's rate is set so that in each county as many are
    expected to leave as brides to come: the flows balance in the mean, not person by person.

    Newcomers take rows of their village that nobody has used (id 0). If there is none left,
    nobody comes and `village.no_room` counts it: then the world needs more spare rows.
    """

    name = "demography"
    zh = "人口变动"
    reason = "Labour, dependants and heads change with birth, marriage, ageing and death."
    reads = (
        "village.first_person", "village.end_person", "village.county", "household.village",
        "household.kin", "person.serious", "county.code",
    )  # fmt: skip
    writes = (
        "person.id", "person.household", "person.alive", "person.age", "person.female",
        "person.relation", "person.ethnicity", "person.married", "person.births",
        "person.earnings", "household.alive", "household.wedding", "household.funeral",
        "village.next_person", "village.no_room", "village.born", "village.arrived",
        "village.died", "village.left", "county.bride_match",
    )  # fmt: skip
    changes = ("person.education", "person.skill", "person.insured")
    columns = (
        column("household", "wedding", "u1", "bits", "weddings this month: 1 a son, 2 a daughter",
               "本月婚嫁"),
        column("household", "funeral", "u1", "persons", "adults buried this month", "本月丧事"),
        column("village", "next_person", "i4", "row", "where the search for an unused row goes on",
               "下一可用人行"),
        column("village", "no_room", "i4", "persons", "births and brides that found no row so far",
               "缺行未登记人数"),
        column("village", "born", "i4", "persons", "born this month", "本月出生"),
        column("village", "arrived", "i4", "persons", "brides who came this month", "本月婚入"),
        column("village", "died", "i4", "persons", "died this month", "本月死亡"),
        column("village", "left", "i4", "persons", "women married away this month", "本月婚出"),
        column("county", "bride_match", "f8", "ratio", "factor on women's rate of marrying away",
               "婚出匹配系数"),
    )  # fmt: skip
    draws = "person"
    in_burn_in = False

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """Every January (and at first) set the county's rate of marrying away."""
        match = world.county.bride_match
        if now.calendar != 1 and match[county] > 0:
            return
        span = world.county_rows(county, "person")
        person = {name: cells[span] for name, cells in world.person.items() if name in _COURTING}
        age = person["age"].astype(np.int32)
        group = age // GROUP - YOUNGEST
        single = (person["alive"] > 0) & (person["married"] == 0) & (group >= 0) & (group < FAMILY)
        men = single & (person["female"] == 0) & (person["skill"] >= Skill.WEAK)
        men &= (person["serious"] == 0) & (age >= 12 * p.marriage_age)
        women = single & (person["female"] > 0) & (person["relation"] >= Relation.CHILD)
        women &= age >= 12 * p.leaving_age

        def expected(who: np.ndarray, rate: np.ndarray) -> float:
            return float((np.bincount(group[who], minlength=FAMILY) * rate).sum())

        coming = expected(men, np.asarray(p.marriage_rate))
        going = expected(women, np.asarray(p.leaving_rate))
        ratio = coming / max(going, 1e-9) if going > 0 else 1.0
        match[county] = np.clip(ratio, 1 / p.match_limit, p.match_limit)


_COURTING = ("alive", "age", "married", "female", "skill", "serious", "relation")


@kernel(inline=True)
def _mend(persons, households, found, count, h, headless):
    """After a loss, `count` members are left: a new head if needed; children go to their kin."""
    adults = 0
    for m in range(count):
        if persons.age[found[m]] >= 192:
            adults += 1
    kin = households.kin[h]
    if count > 0 and adults == 0 and kin >= 0 and kin != h and households.alive[kin]:
        for m in range(count):
            persons.household[found[m]] = kin
            persons.relation[found[m]] = Relation.OTHER
        households.alive[h] = 0
    elif count == 0:
        households.alive[h] = 0
    elif headless:
        succeed(found, count, persons.married, persons.female, persons.relation, persons.age)


@kernel(inline=True)
def _infant(found, count, age, months):
    """Whether one of the members found is younger than `months`."""
    young = False
    for m in range(count):
        young = young or age[found[m]] < months
    return young


@kernel(inline=True)
def _arrive(persons, j, identity, h, p, chance):
    """Put a newcomer into the unused row j; she or he takes part from next month on."""
    persons.id[j] = identity
    persons.household[j] = h
    persons.alive[j] = _ARRIVING
    drawn = words(chance, identity, 1)
    sigma = p.earnings_sigma
    persons.earnings[j] = np.float32(np.exp(sigma * normal(drawn[0]) - 0.5 * sigma * sigma))
    return drawn


@kernel(inline=True)
def _child(persons, mother, j, p, chance):
    identity = mix(persons.id[mother], np.uint64(persons.births[mother] + 1))
    drawn = _arrive(persons, j, identity, persons.household[mother], p, chance)
    persons.births[mother] += 1
    persons.age[j] = 0
    persons.female[j] = 1 if uniform(drawn[1]) < p.girls else 0
    persons.ethnicity[j] = persons.ethnicity[mother]
    persons.insured[j] = persons.insured[mother]
    of = persons.relation[mother]
    if of == Relation.HEAD or of == Relation.SPOUSE:
        persons.relation[j] = Relation.CHILD
    elif of == Relation.CHILD or of == Relation.OTHER:
        persons.relation[j] = Relation.GRANDCHILD
    else:
        persons.relation[j] = Relation.OTHER


@kernel(inline=True)
def _bride(persons, groom, j, p, chance):
    identity = mix(persons.id[groom], _BRIDE)
    drawn = _arrive(persons, j, identity, persons.household[groom], p, chance)
    younger = 12.0 * p.bride_younger * (2.0 * uniform(drawn[1]) - 0.5)
    age = np.int64(persons.age[groom] - younger)
    least = np.int64(12 * p.bride_age)
    persons.age[j] = age if age > least else least
    persons.female[j] = 1
    persons.married[j] = 1
    persons.married[groom] = 1
    persons.ethnicity[j] = persons.ethnicity[groom]
    persons.insured[j] = 1 if uniform(drawn[2]) < p.bride_insured else 0
    persons.skill[j] = Skill.ORDINARY
    persons.education[j] = share_place(p.bride_education, uniform(drawn[3]))
    of = persons.relation[groom]
    persons.relation[j] = Relation.SPOUSE if of == Relation.HEAD else Relation.OTHER


@kernel
def _age(words, alive, ages, serious, death, family_most, p, flags):
    """Everybody grows a month older; flags whose words are low enough for death, marriage or
    birth at that age."""
    mourn = words[0]
    wed = words[1]
    old = np.int16(OLD * GROUP)
    fertile = np.int16(YOUNGEST * GROUP)
    past = np.int16((YOUNGEST + FAMILY) * GROUP)
    most = max(largest(death[0]), largest(death[1]))
    young_most = max(largest(death[0, :OLD]), largest(death[1, :OLD]))
    dies_young = word_below(young_most)
    dies_old = word_below(most)
    dies_ill = word_below(most * max(p.serious_death, 1.0))
    family = word_below(family_most)
    for k in range(ages.size):
        age = np.int16(ages[k] + alive[k])
        ages[k] = age
        bound = dies_young if age < old else dies_old
        bound = dies_ill if serious[k] != 0 else bound
        flags[k] = (mourn[k] < bound) | ((wed[k] < family) & (age >= fertile) & (age < past))


@kernel
def _meet(
    at, persons, households, villages, words, chance, p, match, death, family, listed, count, found
):  # fmt: skip
    """Death, marriage and birth among the listed, village by village."""
    mourn = words[0]
    wed = words[1]
    start = at.first_person
    alive = persons.alive
    c = 0
    for v in range(at.first_village, at.end_village):
        first = np.int64(villages.first_person[v])
        end = np.int64(villages.end_person[v])
        cursor = np.int64(villages.next_person[v])
        born = 0
        arrived = 0
        died = 0
        left = 0
        lowest = end
        highest = first
        while c < count and start + np.int64(listed[c]) < end:
            k = np.int64(listed[c])
            i = start + k
            c += 1
            if alive[i] != 1:
                continue
            age = np.int64(persons.age[i])
            woman = np.int64(persons.female[i])
            g = min(age // GROUP, GROUPS - 1)
            risk = death[woman, g]
            if persons.serious[i]:
                risk *= p.serious_death
            h = np.int64(persons.household[i])
            if uniform(mourn[k]) < risk:
                alive[i] = 0
                died += 1
                if age >= 192:
                    households.funeral[h] += 1
                size = members(persons.household, alive, first, end, h, found)
                if persons.married[i]:
                    j = partner(
                        found, size, persons.married, persons.female, persons.relation,
                        persons.age, i,
                    )  # fmt: skip
                    if j >= 0:
                        persons.married[j] = 0
                headless = persons.relation[i] == Relation.HEAD
                _mend(persons, households, found, size, h, headless)
                continue
            g -= YOUNGEST
            if g < 0 or g >= FAMILY:
                continue
            u = uniform(wed[k])
            if woman and not persons.married[i]:
                if u >= family[_LEAVING, g] * match or age < 12 * p.leaving_age:
                    continue
                headless = persons.relation[i] == Relation.HEAD
                if headless or persons.relation[i] == Relation.SPOUSE:
                    continue
                alive[i] = 0
                left += 1
                households.wedding[h] |= DAUGHTER
                size = members(persons.household, alive, first, end, h, found)
                _mend(persons, households, found, size, h, headless)
                continue
            if woman:
                if age < 216 or u >= family[_BIRTH, g] * p.birth_ethnicity[persons.ethnicity[i]]:
                    continue
                size = members(persons.household, alive, first, end, h, found)
                if _infant(found, size, persons.age, p.birth_spacing):
                    continue
            else:
                if persons.married[i] or u >= family[_MARRIAGE, g] or age < 12 * p.marriage_age:
                    continue
                if persons.skill[i] < Skill.WEAK or persons.serious[i]:
                    continue
            j = vacant(persons.id, first, end, cursor)
            if j < 0:
                villages.no_room[v] += 1
                continue
            cursor = j + 1
            lowest = min(lowest, j)
            highest = max(highest, j)
            if woman:
                _child(persons, i, j, p, chance)
                born += 1
            else:
                _bride(persons, i, j, p, chance)
                households.wedding[h] |= SON
                arrived += 1
        for j in range(lowest, highest + 1):
            if alive[j] == _ARRIVING:
                alive[j] = 1
        villages.next_person[v] = cursor
        villages.born[v] = born
        villages.arrived[v] = arrived
        villages.died[v] = died
        villages.left[v] = left


@kernel
def live(at, persons, households, villages, counties, words, chance, p):
    """Ageing for all; then those to whom something may happen this month."""
    a = at.first_person
    b = at.end_person
    match = counties.bride_match[at.county]
    if match == 0.0:  # not matched yet
        match = 1.0
    death = np.empty((2, GROUPS))
    monthly(p.death_men, death[0])
    monthly(p.death_women, death[1])
    family = np.empty((3, FAMILY))
    most = monthly(p.birth_rate, family[_BIRTH]) * largest(p.birth_ethnicity)
    most = max(most, monthly(p.marriage_rate, family[_MARRIAGE]))
    most = max(most, monthly(p.leaving_rate, family[_LEAVING]) * match)
    flags = np.zeros(room_for(b - a), np.uint8)
    listed = np.empty(flags.size, np.uint32)
    found = np.empty(MOST, np.int64)
    _age(
        words, persons.alive[a:b], persons.age[a:b], persons.serious[a:b], death, most, p, flags
    )  # fmt: skip
    count = list_flagged(flags, 1, listed)
    households.wedding[at.first_household : at.end_household] = 0
    households.funeral[at.first_household : at.end_household] = 0
    _meet(
        at, persons, households, villages, words, chance, p, match, death, family, listed, count,
        found,
    )  # fmt: skip


Demography.rule = live
