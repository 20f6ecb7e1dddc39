"""What the judges of all notebooks share."""

import operator

# The test error of a PCA with two numbers on the digits 1, 5 and 6.
PCA_ERROR = 0.0430


def whole(answer):
    """Return a whole number as an int, None for anything else."""
    try:
        return None if isinstance(answer, bool) else operator.index(answer)
    except TypeError:
        return None
