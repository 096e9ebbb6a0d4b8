"""Small rules about the members of a household that several mechanisms of demography share.

Members are found by going through the household column of the village: it happens a few times a
month and village, and no list of members has to be kept for everybody else.
"""

import numpy as np

from sim.kernel import kernel
from sim.world.codes import Relation

__all__ = ["MOST", "members", "partner", "succeed", "vacant"]

MOST = 128
"""Room for the members of one household."""
_STRIDE = 64
_NOBODY = np.uint64(0)
_FURTHEST = np.int64(180)
"""Months of age between partners beyond which two people are not taken for a couple."""
_ADULT = np.int64(1 << 24)
_RANK = np.array([0, 0, 4, 3, 1, 0, 2], np.int64) << 20
"""Claim to be head by relation (Relation's numbers), above any age in months."""


@kernel(inline=True)
def members(household, alive, first, end, h, found):
    """The rows of the living members of household h among first to end, into `found`; how many.

    Most stretches of a village hold none of them and are passed over as a whole.
    """
    count = np.int64(0)
    for a in range(first, end, _STRIDE):
        b = a + _STRIDE if a + _STRIDE < end else end
        stretch = household[a:b]
        hits = np.int32(0)
        for k in range(len(stretch)):
            hits += np.int32(stretch[k] == h)
        if hits == 0:
            continue
        for j in range(a, b):
            if household[j] == h and alive[j] and count < MOST:
                found[count] = j
                count += 1
    return count


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
def _couple(one, other):
    """Whether two relations to the head can be those of husband and wife."""
    if one == Relation.HEAD:
        return other == Relation.SPOUSE
    if one == Relation.SPOUSE:
        return other == Relation.HEAD
    if one == Relation.PARENT or other == Relation.PARENT:
        return one == other
    return other != Relation.HEAD and other != Relation.SPOUSE


@kernel(inline=True)
def partner(found, count, married, female, relation, age, i):
    """The row of the person married to i among the members found, -1 if there is none.

    The register does not name partners: it is the married person of the other sex in the same
    generation of the household who is nearest in age.
    """
    best = np.int64(-1)
    nearest = _FURTHEST
    for m in range(count):
        j = found[m]
        if j == i or not married[j] or female[j] == female[i]:
            continue
        gap = abs(np.int64(age[j]) - np.int64(age[i]))
        if gap < nearest and _couple(relation[i], relation[j]):
            nearest = gap
            best = j
    return best


@kernel(inline=True)
def succeed(found, count, married, female, relation, age):
    """Make one of the members found the head and turn the others' relations to the new head.

    Adults come first, then the spouse, children, others, parents, and the elder among equals.
    """
    new = np.int64(-1)
    claim = np.int64(-1)
    for m in range(count):
        j = found[m]
        one = np.int64(age[j]) + _RANK[relation[j]]
        if age[j] >= 192:
            one += _ADULT
        if one > claim:
            claim = one
            new = j
    was = relation[new]
    spouse = np.int64(-1)
    if married[new]:
        spouse = partner(found, count, married, female, relation, age, new)
    for m in range(count):
        j = found[m]
        of = relation[j]
        if j == new:
            relation[j] = Relation.HEAD
        elif was == Relation.SPOUSE:
            continue
        elif j == spouse:
            relation[j] = Relation.SPOUSE
        elif was == Relation.CHILD and of == Relation.SPOUSE:
            relation[j] = Relation.PARENT
        elif was == Relation.CHILD and of == Relation.GRANDCHILD:
            relation[j] = Relation.CHILD
        elif was == Relation.PARENT and of == Relation.CHILD:
            relation[j] = Relation.GRANDCHILD
        else:
            relation[j] = Relation.OTHER
