"""The condition for being timed: the same values as Keras's default."""

import numpy as np

LOSS_TOLERANCE = 1e-4  # of each of the first losses, relative
# Of a whole array (gradient, output): norm of the difference / norm. With errors as on
# a GPU (tests/noise.py) the gradient of conv1 was seen off by 0.0024.
TOLERANCE = 1e-2


def disagreement(found, expected):
    """Return how a contender's evidence differs from the reference's, or None.

    Args:
        found, expected: dictionaries from a name to an array. "losses" are compared
            one by one, every other array as a whole. A number that is not finite
            agrees with nothing, itself included.

    Returns:
        A line such as "loss 2 is 0.0612 and not 0.0598", or None where they agree.

    Example:
        >>> disagreement({"losses": np.ones(3)}, {"losses": np.ones(3)})
        >>> disagreement({"losses": np.array([1, 2.0])}, {"losses": np.ones(2)})
        'loss 2 is 2 and not 1'
    """
    if found.keys() != expected.keys():
        return f"it shows {sorted(found)} and not {sorted(expected)}"
    for name, right in expected.items():
        value, right = np.asarray(found[name], float), np.asarray(right, float)
        if value.shape != right.shape:
            return f"{name}: the shape is {value.shape} and not {right.shape}"
        if not (np.isfinite(value).all() and np.isfinite(right).all()):
            return f"{name}: not every number is finite"
        if name == "losses":
            for step, (a, b) in enumerate(zip(value, right, strict=True), 1):
                if not abs(a - b) <= LOSS_TOLERANCE * abs(b):
                    return f"loss {step} is {a:.6g} and not {b:.6g}"
            continue
        difference, size = np.linalg.norm(value - right), np.linalg.norm(right)
        if not difference <= TOLERANCE * size:
            return f"{name}: off by {difference:.2g}, where the norm is {size:.2g}"
    return None
