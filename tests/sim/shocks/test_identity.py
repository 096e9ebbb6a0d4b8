"""Ids of newcomers: lasting, different, never 0."""

import numpy as np

from sim.kernel import kernel
from sim.world.identity import mix


@kernel
def _all(a, b, out):
    for i in range(len(a)):
        out[i] = mix(a[i], b[i])


def _mixed(a, b):
    a, b = np.asarray(a, np.uint64), np.asarray(b, np.uint64)
    out = np.zeros(len(a), np.uint64)
    _all(a, b, out)
    return out


def test_ids_of_many_mothers_and_birth_orders_all_differ():
    mothers = np.repeat(np.arange(1, 40_001), 5)
    orders = np.tile(np.arange(1, 6), 40_000)
    assert len(np.unique(_mixed(mothers, orders))) == len(mothers)


def test_the_order_of_the_two_numbers_matters_and_0_is_never_given():
    one, other = _mixed([5, 0, 0], [7, 0, 1]), _mixed([7, 0, 1], [5, 0, 0])
    assert one[0] != other[0] and one[2] != other[2]
    assert (one != 0).all() and (other != 0).all()


def test_a_number_once_given_stays():
    # another function here would give every newcomer of stored runs another life
    found = [f"{x:016x}" for x in _mixed([1, 2**63], [1, 3])]
    assert found == ["561d06acd768d0bf", "f2fc8d0b58f18fba"]
