"""Small rules about the members of a household that several mechanisms of demography share.

Members are found by going through the rows of the village: it happens about twice a month and
village, and no list of members has to be kept.
"""

import numpy as np

from sim.kernel import kernel
from sim.world.codes import Relation

__all__ = ["couple", "partner", "succeed", "vacant"]

_NOBODY = np.uint64(0)
_FURTHEST = np.int64(180)
"""Months of age between partners beyond which two people are not taken for a couple."""
_ADULT = np.int64(1 << 24)
_RANK = np.array([0, 0, 4, 3, 1, 0, 2], np.int64) << 20
"""Claim to be head by relation (Relation's numbers), above any age in months."""


@kernel(inline=True)
def vacant(ids, first, end, cursor):
    """A row of the village that nobody has used (id 0), searched from `cursor` on; else -1."""
    if cursor < first or cursor > end:
        cursor = first
    for j in range(cursor, end):
        if ids[j] == _NOBODY:
            return j
    for j in range(first, cursor):
        if ids[j] == _NOBODY:
            return j
    return np.int64(-1)


@kernel(inline=True)
def couple(one, other):
    """Whether two relations to the head can be those of husband and wife."""
    if one == Relation.HEAD:
        return other == Relation.SPOUSE
    if one == Relation.SPOUSE:
        return other == Relation.HEAD
    if one == Relation.PARENT or other == Relation.PARENT:
        return one == other
    return other != Relation.HEAD and other != Relation.SPOUSE


@kernel(inline=True)
def partner(household, alive, married, female, relation, age, first, end, i):
    """The row of the person married to i, -1 if there is none.

    The register does not name partners: it is the married person of the other sex in the same
    generation of the household who is nearest in age.
    """
    best = np.int64(-1)
    nearest = _FURTHEST
    h = household[i]
    for j in range(first, end):
        if household[j] != h or not alive[j] or j == i:
            continue
        if not married[j] or female[j] == female[i] or not couple(relation[i], relation[j]):
            continue
        gap = abs(np.int64(age[j]) - np.int64(age[i]))
        if gap < nearest:
            nearest = gap
            best = j
    return best


@kernel(inline=True)
def succeed(household, alive, married, female, relation, age, first, end, h):
    """Make a member of household h its head and turn the others' relations to the new head.

    Adults come first, then the spouse, children, others, parents, and the elder among equals.
    """
    new = np.int64(-1)
    claim = np.int64(-1)
    for j in range(first, end):
        if household[j] != h or not alive[j]:
            continue
        one = np.int64(age[j]) + _RANK[relation[j]]
        if age[j] >= 192:
            one += _ADULT
        if one > claim:
            claim = one
            new = j
    if new < 0:
        return
    was = relation[new]
    spouse = np.int64(-1)
    if married[new]:
        spouse = partner(household, alive, married, female, relation, age, first, end, new)
    relation[new] = Relation.HEAD
    if was == Relation.SPOUSE:
        return
    for j in range(first, end):
        if household[j] != h or not alive[j] or j == new:
            continue
        of = relation[j]
        if j == spouse:
            relation[j] = Relation.SPOUSE
        elif was == Relation.CHILD and of == Relation.SPOUSE:
            relation[j] = Relation.PARENT
        elif was == Relation.CHILD and of == Relation.GRANDCHILD:
            relation[j] = Relation.CHILD
        elif was == Relation.PARENT and of == Relation.CHILD:
            relation[j] = Relation.GRANDCHILD
        else:
            relation[j] = Relation.OTHER
