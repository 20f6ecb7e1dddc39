"""Checks the answers to the exercises, and hints where one is not right yet.

The right answers are computed here, not listed, and each hint says what the given
answer would be the answer to. Solutions lie in `notebooks/solutions/`. Each judge takes
an answer, whatever it is, and returns None where it is right, else the hint; its hint
for None says what the exercise expects.
"""

from . import (
    notebook_00,
    notebook_01,
    notebook_02,
    notebook_03,
    notebook_04,
    notebook_05,
    notebook_10,
    notebook_11,
    notebook_12,
)
from .answers import failure, plain

EXERCISES = {
    "00a": notebook_00.pixels,
    "01a": notebook_01.size,
    "01b": notebook_01.two_zeros_each_side,
    "01c": notebook_01.convolve_with,
    "01d": notebook_01.corners,
    "02a": notebook_02.matrix_size,
    "02b": notebook_02.square_rank,
    "02c": notebook_02.matrix,
    "02d": notebook_02.orthonormal_rows,
    "03a": notebook_03.sizes,
    "03b": notebook_03.decoder,
    "03c": notebook_03.crop,
    "03d": notebook_03.even_layer,
    "04a": notebook_04.zero,
    "04b": notebook_04.strength,
    "04c": notebook_04.divide,
    "04d": notebook_04.blur,
    "05a": notebook_05.row_by_hand,
    "05b": notebook_05.larger_pools,
    "05c": notebook_05.unpooling,
    "05d": notebook_05.another_order,
    "10a": notebook_10.latent_kernel,
    "10b": notebook_10.small_kernels,
    "10c": notebook_10.error_per_image,
    "10d": notebook_10.more_latent_numbers,
    "11a": notebook_11.overlaps,
    "11b": notebook_11.larger_kernels,
    "11c": notebook_11.dead,
    "11d": notebook_11.small_model,
    "12a": notebook_12.circle,
    "12b": notebook_12.crossing,
    "12c": notebook_12.convolve,
    "12d": notebook_12.another_stride,
}


def check(key, answer):
    """Print what is to be said of an answer: right, not answered yet, or a hint.

    Nothing that an answer does raises an exception here, but for an interruption by
    the keyboard.

    Args:
        key: the exercise, the notebook's number and a letter, such as "10a".
        answer: what the exercise asks for; `...` while there is no answer.

    Raises:
        ValueError: if there is no such exercise.

    Example:
        >>> check("00a", ...)
        00a: not answered yet
        >>> check("00a", 784)
        00a: right
        >>> check("00a", 56)
        00a: not yet. Rows and columns are multiplied: each pixel is a number.
    """
    print(f"{key}: {verdict(key, answer)}")


def verdict(key, answer):
    """Return what `check` prints after the key.

    Args:
        key, answer: as in `check`.

    Returns:
        "right", "not answered yet", or "not yet. " and a hint.

    Raises:
        ValueError: if there is no such exercise.
    """
    if not isinstance(key, str) or key not in EXERCISES:
        known = ", ".join(EXERCISES)
        raise ValueError(f"`key` must be one of {known}. Received: key={key!r}")
    if answer is ...:
        return "not answered yet"
    judge = EXERCISES[key]
    try:
        hint = judge(answer)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # no judge foresees every object there is
        hint = f"This cannot be judged ({failure(error)}). {judge(None)}"
    return f"not yet. {plain(hint)}" if hint else "right"
