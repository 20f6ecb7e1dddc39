"""A chain of layers as boxes."""

import matplotlib.pyplot as plt
import numpy as np

from .style import INPUT_COLOR, LATENT_COLOR, OUTPUT_COLOR, STYLE, finished


def plot_architecture(table):
    """Draw a chain of layers as boxes: as tall as the map, as wide as its channels.

    Args:
        table: rows with `name`, `output_shape` (height, width, channels) and
            `kernel_size`, such as a `LayerTable`. The map with the fewest numbers is
            taken for the latent representation.

    Returns:
        The `Figure`: under each box the layer's name and its output's shape, over it
        the kernel.

    Raises:
        ValueError: if there is no row, or one has no known (height, width, channels).
    """
    rows = list(table)
    if not rows:
        raise ValueError("There must be at least one layer. Received: none")
    for row in rows:
        shape = row.output_shape
        if shape is None or len(shape) != 3 or None in shape:
            raise ValueError(
                "Each layer must return a map of known (height, width, channels). "
                f"Received: {row.name} with {shape}"
            )
    numbers = [np.prod(row.output_shape) for row in rows]
    latent = int(np.argmin(numbers))
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(11, 3.3))
        position = 0.0
        for i, row in enumerate(rows):
            height, width, channels = row.output_shape
            thickness = 0.35 + 0.25 * np.log2(channels)
            tall = max(height / rows[0].output_shape[0] * 2, 0.08)
            color = (INPUT_COLOR, LATENT_COLOR, OUTPUT_COLOR)[np.sign(i - latent) + 1]
            axis.add_patch(
                plt.Rectangle(
                    (position, -tall / 2),
                    thickness,
                    tall,
                    facecolor=color,
                    edgecolor="0.3",
                )
            )
            center = position + thickness / 2
            shape = f"{height}x{width}x{channels}"
            axis.text(center, -1.25, f"{row.name}\n{shape}", ha="center", va="top")
            if row.kernel_size:
                kernel = "x".join(map(str, row.kernel_size))
                axis.text(center, tall / 2 + 0.08, kernel, ha="center", color="0.35")
            position += thickness + 0.75
        axis.set_xlim(-0.4, position)
        axis.set_ylim(-1.9, 1.4)
        axis.set_axis_off()
    return finished(figure)
