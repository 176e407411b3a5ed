"""Length of the tour of any set of orders, fast enough to be asked millions of times.

The picks of an order are kept as bits: a *word* covers up to 64 places of a subaisle, so the places of a batch are the
OR of the words of its orders, and nearest and farthest pick and largest gap are read off the bits. Lengths come from
``pick_routing._kernels.tour_length`` alone; a table keyed by the set of orders remembers those already asked.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import config
from numba.extending import intrinsic

from fulfillsim.optim.compiled import lean_kernel as kernel
from fulfillsim.optim.pick_routing._kernels import tour_length

ONE = np.uint64(1)
NOTHING = np.uint64(0)
NONE: Any = np.int64(-1)  # no order, no batch; a literal -1 is another type, for which all would be compiled again
FIRST: Any = np.int64(0)


class Walk(NamedTuple):
    """Orders of one instance under one routing, as arrays; `encode` makes it.

    Attributes
    ----------
    first, slot, bits
        Words of order ``i`` stand at ``first[i]:first[i + 1]``: word ``slot`` has these ``bits``.
    seen, far
        Of each order, a bit for each subaisle that it visits (of the first 64), and metres to its farthest pick there
        (else 0), shape (n_orders, n_subs).
    by_seen
        Whether these two tell the length of a tour: s-shape in one block of up to 64 aisles.
    key
        Random 64-bit number per order; the XOR over a set names the set.
    alone
        Length of a tour of this order only, metres.
    place
        Metres from the subaisle's front of bit ``b`` of word ``s`` at ``64 * s + b``.
    n_words
        Words per subaisle.
    aisle, block, length
        Of each subaisle, sorted by (aisle, block); length in metres.
    reads_inside
        Whether the routing reads more of a subaisle than its nearest and farthest pick.
    code, shape
        Of the routing and the layout, as `tour_length` takes them.
    """

    first: Any
    slot: Any
    bits: Any
    seen: Any
    far: Any
    by_seen: Any
    key: Any
    alone: Any
    place: Any
    n_words: Any
    aisle: Any
    block: Any
    length: Any
    reads_inside: Any
    code: Any
    shape: Any


class Scratch(NamedTuple):
    """Room to measure one set of orders in; `scratch_for` makes it."""

    word: Any
    aisle: Any
    block: Any
    lo: Any
    hi: Any
    gap: Any
    low: Any
    high: Any
    room: Any


class Memo(NamedTuple):
    """Lengths already measured, by the key of the set; a newer one replaces an older one of the same slot."""

    key: Any
    length: Any


if config.DISABLE_JIT:  # type: ignore[attr-defined]

    def lowest_bit(word: Any) -> int:
        """Index of the lowest bit set."""
        return (int(word) & -int(word)).bit_length() - 1

    def highest_bit(word: Any) -> int:
        """Index of the highest bit set."""
        return int(word).bit_length() - 1

    def count_bits(word: Any) -> int:
        """Number of bits set."""
        return int(word).bit_count()

else:
    from llvmlite import ir  # type: ignore[import-untyped]
    from numba import types

    @intrinsic
    def lowest_bit(context: Any, word: Any) -> Any:
        """Index of the lowest bit set."""

        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

        return types.int64(types.uint64), generate

    @intrinsic
    def highest_bit(context: Any, word: Any) -> Any:
        """Index of the highest bit set."""

        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            leading = builder.ctlz(args[0], ir.Constant(ir.IntType(1), 1))
            return builder.sub(ir.Constant(ir.IntType(64), 63), leading)

        return types.int64(types.uint64), generate

    @intrinsic
    def count_bits(context: Any, word: Any) -> Any:
        """Number of bits set."""

        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.ctpop(args[0])

        return types.int64(types.uint64), generate


@kernel
def add_order(walk: Any, word: Any, order: Any) -> Any:
    """OR the words of an order into ``word``."""
    for entry in range(walk.first[order], walk.first[order + 1]):
        word[walk.slot[entry]] |= walk.bits[entry]


@kernel
def measure(walk: Any, scratch: Any, word: Any) -> Any:
    """Metres of the tour through the places in ``word``."""
    n = 0
    for sub in range(len(walk.aisle)):
        if summarize(walk, scratch, word, sub, n):
            n += 1
    if n == 0:
        return 0.0
    return tour_length(
        walk.code,
        scratch.aisle,
        scratch.block,
        scratch.lo,
        scratch.hi,
        scratch.gap,
        scratch.low,
        scratch.high,
        FIRST,
        n,
        walk.shape,
        scratch.room,
    )


@kernel
def summarize(walk: Any, scratch: Any, word: Any, sub: Any, n: Any) -> Any:
    """Write the summary of one subaisle at ``n``; False if nothing is picked there."""
    first, last = -1, -1
    for slot in range(sub * walk.n_words, (sub + 1) * walk.n_words):
        if word[slot] != NOTHING:
            last = slot
            if first < 0:
                first = slot
    if first < 0:
        return False
    scratch.aisle[n], scratch.block[n] = walk.aisle[sub], walk.block[sub]
    scratch.lo[n] = walk.place[64 * first + lowest_bit(word[first])]
    scratch.hi[n] = walk.place[64 * last + highest_bit(word[last])]
    if walk.reads_inside:
        inside(walk, scratch, word, sub, n)
    return True


@kernel
def inside(walk: Any, scratch: Any, word: Any, sub: Any, n: Any) -> Any:
    """Write largest gap and the picks next to the middle of one subaisle."""
    length = walk.length[sub]
    before, gap, low, high = 0.0, 0.0, 0.0, length
    for slot in range(sub * walk.n_words, (sub + 1) * walk.n_words):
        rest = word[slot]
        while rest != NOTHING:
            here = walk.place[64 * slot + lowest_bit(rest)]
            gap = max(gap, here - before)
            if here <= 0.5 * length:
                low = here
            elif high == length:
                high = here
            before = here
            rest &= rest - ONE
    scratch.gap[n] = max(gap, length - before)
    scratch.low[n], scratch.high[n] = low, high


@kernel
def s_shape_of(walk: Any, seen: Any, deep: Any) -> Any:
    """Metres of an s-shape tour in one block through the aisles ``seen``, up to ``deep`` in the last if it returns."""
    n, last = count_bits(seen), walk.aisle[highest_bit(seen)]
    first, shape = walk.aisle[lowest_bit(seen)], walk.shape
    along = n * shape.cross_m[1]
    if n % 2:
        along += 2.0 * deep - shape.cross_m[1]
    return shape.spacing_m * (abs(shape.start_aisle - first) + last - first + abs(last - shape.end_aisle)) + along


@kernel
def recall(memo: Any, key: Any) -> Any:
    """Remembered length of the set with this key, or -1."""
    slot = np.int64(key & np.uint64(len(memo.key) - 1))
    return memo.length[slot] if memo.key[slot] == key else -1.0


@kernel
def remember(memo: Any, key: Any, length: Any) -> Any:
    """Write down the length of the set with this key."""
    slot = np.int64(key & np.uint64(len(memo.key) - 1))
    memo.key[slot], memo.length[slot] = key, length


@kernel
def measure_alone(walk: Any, scratch: Any) -> Any:
    """Write the length of each order's own tour into ``walk.alone``."""
    for order in range(len(walk.key)):
        scratch.word[:] = NOTHING
        add_order(walk, scratch.word, order)
        walk.alone[order] = measure(walk, scratch, scratch.word)


@kernel
def measure_sets(walk: Any, scratch: Any, start: Any, order: Any, out: Any) -> Any:
    """Write the length of each set ``order[start[k]:start[k + 1]]`` into ``out``."""
    for k in range(len(out)):
        scratch.word[:] = NOTHING
        for place in range(start[k], start[k + 1]):
            add_order(walk, scratch.word, order[place])
        out[k] = measure(walk, scratch, scratch.word)


@kernel
def random_bits(state: Any) -> Any:
    """Next 64 random bits: xorshift, which needs shifts only and so gives the same bits compiled and not."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return x


@kernel
def uniform(state: Any) -> Any:
    """Random number in [0, 1)."""
    return np.float64(random_bits(state) >> np.uint64(11)) * 1.1102230246251565e-16


@kernel
def randint(state: Any, n: Any) -> Any:
    """Random integer in [0, n)."""
    return np.int64(uniform(state) * n)
