"""From blocks of steps to medians and ratios: arithmetic only.

A block is a dictionary with `batch`, `round`, `key` (the contender), `seconds` (a step)
and `others` (the share of the CPUs that other processes took meanwhile, or None). A lap
has `batch`, `round` and `rate` (multiply-adds a second of a matrix product).
"""

import statistics
from typing import NamedTuple

SLOW = 0.85  # a lap's matrix products below this share of the median: disturbed
OTHERS = 0.10  # a block in which others took more than this share: disturbed
ENOUGH = 3  # undisturbed blocks; with fewer, all of them count


class Row(NamedTuple):
    """One contender at one batch size. Times in seconds a step."""

    key: str
    median: float
    low: float  # the quartiles
    high: float
    ratio: float  # median over rounds of contender / reference
    used: int
    measured: int
    disturbed: bool  # whether disturbed blocks are among those used


def disturbed_rounds(laps):
    """Return the (batch, round) whose matrix products were slow.

    Example:
        >>> rates = [9e9, 5e9, 9e9]
        >>> disturbed_rounds(
        ...     {"batch": 50, "round": r, "rate": rate} for r, rate in enumerate(rates)
        ... )
        {(50, 1)}
    """
    laps = list(laps)
    if not laps:
        return set()
    least = SLOW * statistics.median(lap["rate"] for lap in laps)
    return {(lap["batch"], lap["round"]) for lap in laps if lap["rate"] < least}


def is_disturbed(block, slow_rounds):
    """Return whether other load hit this block."""
    busy = block["others"] is not None and block["others"] > OTHERS
    return busy or (block["batch"], block["round"]) in slow_rounds


def paired(blocks, key, reference, slow_rounds=frozenset()):
    """Return the pairs (contender's seconds, reference's) of rounds that both ran.

    Pairs with a disturbed block are left out, unless fewer than `ENOUGH` would remain.
    """
    by_round = {(block["round"], block["key"]): block for block in blocks}
    every, clean = [], []
    for number in sorted({block["round"] for block in blocks}):
        pair = [by_round.get((number, one)) for one in (key, reference)]
        if None in pair:
            continue
        every.append(tuple(block["seconds"] for block in pair))
        if not any(is_disturbed(block, slow_rounds) for block in pair):
            clean.append(every[-1])
    return clean if len(clean) >= ENOUGH else every


def median_ratio(blocks, key, reference, slow_rounds=frozenset()):
    """Return the median over rounds of the contender's time by the reference's."""
    pairs = paired(blocks, key, reference, slow_rounds)
    return statistics.median(mine / theirs for mine, theirs in pairs)


def summarise(blocks, reference, slow_rounds=frozenset()):
    """Return a `Row` for each contender of one batch size, in the order they ran first.

    Args:
        blocks: of one race and one batch size.
        reference: the key of the contender that all are compared with.
        slow_rounds: as `disturbed_rounds` returns them.

    Raises:
        ValueError: if the reference was not measured.
    """
    keys = list(dict.fromkeys(block["key"] for block in blocks))
    if reference not in keys:
        raise ValueError(f"{reference!r} must have been measured. Received: {keys}")
    rows = []
    for key in keys:
        mine = [block for block in blocks if block["key"] == key]
        clean = [block for block in mine if not is_disturbed(block, slow_rounds)]
        used = clean if len(clean) >= ENOUGH else mine
        seconds = [block["seconds"] for block in used]
        if len(seconds) == 1:
            seconds = seconds * 2  # a quartile needs two
        low, median, high = statistics.quantiles(seconds, n=4, method="inclusive")
        ratio = median_ratio(blocks, key, reference, slow_rounds)
        counts = len(used), len(mine), used is mine and len(clean) < len(mine)
        rows.append(Row(key, median, low, high, ratio, *counts))
    return rows


def milliseconds(work, batch_size, rate):
    """Return how long a step takes at `rate` multiply-adds a second.

    Example:
        >>> milliseconds((10, 500), 50, rate=1e6)
        1.0
    """
    an_image, a_batch = work
    return 1000 * (an_image * batch_size + a_batch) / rate
