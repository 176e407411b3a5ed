"""Streams: numbers belong to their names, never to the order in which they are asked for."""

import pickle

import numpy as np
import pytest
from numpy.random import Philox
from scipy import stats

from fulfillsim.errors import UnknownNameError
from fulfillsim.sampling.streams import UNIFORM_MAX, UNIFORM_MIN, Streams


def test_golden_uniforms_of_philox_never_change():
    drawn = Streams(seed=20261123, replication=7).uniforms("work", cell=738_000, shape=4)
    assert [x.hex() for x in drawn.tolist()] == GOLDEN_UNIFORMS


def test_golden_hashed_uniforms_never_change():
    streams = Streams(seed=20261123, replication=7)
    drawn = [streams.hashed_uniform("absence"), streams.hashed_uniform("absence", 12, -3)]
    assert [x.hex() for x in drawn] == GOLDEN_HASHED


def test_philox_gives_the_known_answer_of_its_authors():
    """Random123 kat_vectors: philox4x64-10, counter and key all ones; numpy adds 1 before drawing."""
    ones = 2**64 - 1
    generator = Philox(key=[ones, ones], counter=[ones - 1, ones, ones, ones])
    expected = [0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0]
    assert generator.random_raw(4).tolist() == expected


def test_hash_of_a_zero_state_is_the_first_output_of_splitmix64():
    streams = Streams(1, 1)
    streams._hash_keys["test"] = 2**64
    first_output = 0xE220A8397B1DCDAF
    assert streams.hashed_uniform("test", 0) == ((first_output >> 12) + 0.5) * 2.0**-52


def test_order_of_calls_and_other_purposes_change_nothing():
    one, other = Streams(5, 2), Streams(5, 2)
    first = {(p, c): one.uniforms(p, c, 100) for p in ("work", "sku") for c in range(3)}
    other.uniforms("channel:web/arrivals", 1, 17)
    for p, c in reversed(first):
        other.hashed_uniform("absence", c)
        assert np.array_equal(other.uniforms(p, c, 100), first[p, c])


def test_more_rows_begin_with_the_same_rows():
    streams = Streams(5, 2)
    assert np.array_equal(streams.uniforms("work", 4, (1000, 3))[:10], streams.uniforms("work", 4, (10, 3)))


@pytest.mark.parametrize(
    "other",
    [
        lambda: Streams(6, 2).uniforms("work", 4, 50),
        lambda: Streams(5, 3).uniforms("work", 4, 50),
        lambda: Streams(5, 2).uniforms("work:b", 4, 50),
        lambda: Streams(5, 2).uniforms("b/work", 4, 50),
        lambda: Streams(5, 2).uniforms("work", 5, 50),
        lambda: Streams(5, 2).uniforms("work", -4, 50),
        lambda: Streams(5, 2).uniforms("work", 4, 50, block=1),
        lambda: Streams(52, 0).uniforms("work", 4, 50),
    ],
)
def test_each_part_of_the_name_gives_other_numbers(other):
    assert not np.isin(other(), Streams(5, 2).uniforms("work", 4, 50)).any()


def test_a_pickled_copy_draws_the_same():
    streams = Streams(5, 2)
    copy = pickle.loads(pickle.dumps(streams))
    assert np.array_equal(copy.uniforms("work", 0, 9), streams.uniforms("work", 0, 9))


def test_hashed_arrays_give_the_bits_of_single_calls():
    streams = Streams(5, 2)
    days = np.arange(-3, 40)
    matrix = streams.hashed_uniforms("absence", np.array([[7], [2**62]]), days)
    singles = [[streams.hashed_uniform("absence", who, int(day)) for day in days] for who in (7, 2**62)]
    assert matrix.tolist() == singles
    assert streams.hashed_uniforms("absence", 7, 3) == streams.hashed_uniform("absence", 7, 3)


class FixedBits:
    """Stands in for the generator: gives chosen raw numbers."""

    state = None

    def __init__(self, *raw):
        self.raw = raw

    def random_raw(self, shape):
        return np.array(self.raw, dtype=np.uint64)


def test_uniforms_never_reach_zero_or_one():
    streams = Streams(1, 1)
    streams._philox = FixedBits(0, 2**64 - 1, 2**63, 1 << 12)
    drawn = streams.uniforms("test", 0, 4)
    assert drawn.tolist() == [UNIFORM_MIN, UNIFORM_MAX, 0.5 + 2.0**-53, 3 * 2.0**-53]
    assert UNIFORM_MIN > 0 and UNIFORM_MAX < 1


def test_unknown_purpose_is_refused_with_the_nearest_name():
    for call in (lambda s: s.uniforms("arivals", 0, 1), lambda s: s.hashed_uniform("channel:web/arivals", 0)):
        with pytest.raises(UnknownNameError, match="'arivals' - did you mean 'arrivals'"):
            call(Streams(1, 1))


@pytest.mark.statistical
def test_uniforms_are_uniform_and_uncorrelated_across_names():
    """Five tests at fixed seed, false-alarm rate 0.1 % each."""
    streams = Streams(11, 0)
    in_order = streams.uniforms("work", 0, 200_000)
    across_cells = np.concatenate([streams.uniforms("work", cell, 1) for cell in range(50_000)])
    hashed = streams.hashed_uniforms("absence", np.arange(300)[:, None], np.arange(700)).ravel()
    for sample in (in_order, across_cells, hashed):
        assert stats.kstest(sample, "uniform").pvalue > 0.001
    for sample in (across_cells, hashed):
        assert abs(np.corrcoef(sample[1:], sample[:-1])[0, 1]) < 3.3 / np.sqrt(sample.size)


GOLDEN_UNIFORMS = ["0x1.88e23307318bfp-1", "0x1.952475d34eb32p-2", "0x1.010bb42a73adep-2", "0x1.1279d9a5bf23dp-1"]
GOLDEN_HASHED = ["0x1.d84c7e968f82cp-3", "0x1.7906a00db0924p-3"]
