"""Listing, picking and drawing for few rows: the same as with all rows."""

import numpy as np
import pytest

from sim.chance import RECORD, fill
from sim.few import draw_for, list_flagged, pick, room_for


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 9, 1000])
def test_the_listed_are_the_flagged_rows_in_order(rows):
    flags = np.zeros(room_for(rows), np.uint8)
    assert flags.size % 8 == 0 and rows <= flags.size < rows + 8
    flags[:rows] = np.arange(rows) * 7 % 5
    for bit in (1, 2, 4):
        listed = np.empty(flags.size, np.uint32)
        count = list_flagged(flags, bit, listed)
        assert listed[:count].tolist() == np.flatnonzero(flags & bit).tolist()


def test_words_for_the_listed_are_those_that_all_would_get():
    ids = np.arange(100, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    one = np.rec.array(np.zeros(1, RECORD))[0]
    one.key0, one.key1, one.stream, one.month = 1, 2, 3, 24214
    everybody = np.zeros((4, 60), np.uint32)
    fill(one, ids, 20, 80, everybody)
    listed = np.array([0, 3, 59], np.uint32)
    assert (draw_for(one, ids, 20, listed, 3) == everybody[:, listed]).all()
    assert draw_for(one, ids, 20, listed, 0).shape == (4, 0)
    assert pick(ids, 20, listed, 3).tolist() == ids[20 + listed].tolist()
