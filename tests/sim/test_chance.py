"""The random numbers: the published test vectors, and what common random numbers promise."""

import numpy as np
import pytest

from sim import chance

FULL = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((FULL,) * 4, (FULL,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_published_vectors(counter, key, expected):
    """Known-answer tests of the Random123 library for Philox 4x32-10."""
    words = chance.philox(*(np.uint64(x) for x in (*counter, *key)))
    assert tuple(int(w) for w in words) == expected


def record(stream="a", month=24214, key0=1, key1=2):
    made = np.rec.array(np.zeros(1, chance.RECORD))[0]
    made.key0, made.key1 = key0, key1
    made.stream, made.month = chance.stream_number(stream), month
    return made


def drawn(ids, **kw):
    out = np.zeros((4, len(ids)), np.uint32)
    chance.fill(record(**kw), ids, 0, len(ids), out)
    return out


IDS = np.arange(5000, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)


def test_fill_is_philox_with_draw_index_zero():
    one = record()
    out = drawn(IDS[:50])
    for i in range(50):
        assert tuple(out[:, i]) == tuple(int(w) for w in chance.words(one, IDS[i], 0))


def test_a_draw_depends_on_the_id_alone_not_on_the_row():
    order = np.random.default_rng(0).permutation(len(IDS))
    assert np.array_equal(drawn(IDS)[:, order], drawn(IDS[order]))


@pytest.mark.parametrize("other", [{"stream": "b"}, {"month": 24215}, {"key0": 9}, {"key1": 9}])
def test_streams_months_and_seeds_are_unrelated(other):
    a, b = drawn(IDS).astype(float).ravel(), drawn(IDS, **other).astype(float).ravel()
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.03


def test_uniforms_are_uniform_and_never_zero_or_one():
    u = np.sort((drawn(IDS).ravel() + 0.5) * chance.WORD)
    assert u[0] > 0 and u[-1] < 1
    assert np.abs(u - (np.arange(u.size) + 0.5) / u.size).max() < 0.015


def test_normal_is_the_inverse_of_the_distribution():
    from scipy.stats import norm

    words = np.array([0, 1, 12345, 2**31, 2**32 - 2, 2**32 - 1], np.uint64)
    got = [chance.normal(np.uint32(w)) for w in words]
    assert np.allclose(got, norm.ppf((words + 0.5) / 2**32), rtol=2e-9)


def test_draws_are_fill_at_another_index():
    one = record()
    got = chance.draws(one, IDS[:10], 3)
    for i in range(10):
        expected = (np.array(chance.words(one, IDS[i], 3), float) + 0.5) * chance.WORD
        assert np.allclose(got[:, i], expected)
