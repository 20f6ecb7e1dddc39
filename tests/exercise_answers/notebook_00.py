"""Right and wrong answers to the exercises of notebook 00."""

import numpy as np

RIGHT = {
    "00a": [784, np.int64(784)],
}
WRONG = [
    ("00a", 56, "multiplied"),
    ("00a", 785, "28 rows of 28 pixels"),
    ("00a", "784", "whole number"),
    ("00a", 784.0, "whole number"),
]
