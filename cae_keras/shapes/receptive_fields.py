"""Which pixels of the image reach which positions of a map.

A *block* says it for a whole map: one tuple an axis, with (first, last) for each
position, or None where no pixel arrives. It stands for the product of its axes, so
position (r, c) is empty where r or c is. A *field* is a tuple of blocks, whose union
counts. One block is enough, unless branches are joined whose holes differ (a transposed
convolution with k < s leaves holes): then there is one block for every pattern of
holes, which keeps the result exact.
"""

from itertools import product


def whole_image_field(sizes):
    """Return the field of the image itself: each pixel sees itself."""
    return (tuple(tuple((i, i) for i in range(size)) for size in sizes),)


def empty_field(sizes):
    """Return the field of a map that no image pixel reaches."""
    return (tuple((None,) * size for size in sizes),)


def _hull(intervals):
    """Return (first, last) over all intervals that are not None, or None."""
    found = [interval for interval in intervals if interval is not None]
    if not found:
        return None
    return min(first for first, _ in found), max(last for _, last in found)


def _holes(block):
    return tuple(tuple(interval is None for interval in axis) for axis in block)


def joined_field(fields):
    """Return the union of several fields of one map, as where branches meet."""
    by_holes = {}
    for block in (block for field in fields for block in field):
        by_holes.setdefault(_holes(block), []).append(block)
    return tuple(
        tuple(
            tuple(_hull(at_place) for at_place in zip(*axes, strict=True))
            for axes in zip(*blocks, strict=True)
        )
        for blocks in by_holes.values()
    )


def field_through(field, connections):
    """Return the field behind a layer that has these connections, one list an axis."""
    blocks = [
        tuple(
            tuple(_hull(axis[index] for index in inputs) for inputs in outputs)
            for axis, outputs in zip(block, connections, strict=True)
        )
        for block in field
    ]
    return joined_field([blocks])


def field_of_all(field):
    """Return the field of one position that sees the whole map."""
    return field_through(field, [[range(len(axis))] for axis in field[0]])


def field_reshaped(field, old_shape, new_shape):
    """Return the field behind a reshape, or None where positions are mixed up.

    Kept are: the same sizes again (also from a flattened map), flattening, and a
    vector of which all entries see the same, spread over a map.
    """
    lengths = tuple(len(axis) for axis in field[0])
    if len(new_shape) == 1 or new_shape[:-1] == lengths:
        return field
    all_see_the_same = all(len(set(axis)) == 1 for block in field for axis in block)
    from_vector = len(old_shape) == 1 and len(new_shape) == len(lengths) + 1
    if from_vector and all_see_the_same:
        return field_through(field, [[[0]] * size for size in new_shape[:-1]])
    return None


def largest_extent(field):
    """Return the largest extent, in pixels an axis, that any position sees.

    Example:
        >>> largest_extent(field_through(whole_image_field([5]), [[[0, 3], [4]]]))
        (4,)
    """
    # For every axis: which blocks are alive at a place, and over which interval.
    alive = [
        [
            frozenset(number for number, axis in enumerate(axes) if axis[place])
            for place in range(len(axes[0]))
        ]
        for axes in zip(*field, strict=True)
    ]
    extents = []
    for chosen, places in enumerate(alive):
        others = [set(alive[axis]) for axis in range(len(alive)) if axis != chosen]
        extent = 0
        for place, here in enumerate(places):
            for elsewhere in product(*others):
                numbers = here.intersection(*elsewhere)
                seen = _hull(field[number][chosen][place] for number in numbers)
                if seen:
                    extent = max(extent, seen[1] - seen[0] + 1)
        extents.append(extent)
    return tuple(extents)
