"""The figures of the course. They know arrays and layer tables, not models.

Each `plot_*` function returns a matplotlib `Figure`, already closed, so that a notebook
shows it once. `images_in` and `points_in` read back what a figure shows: a notebook
checks the picture that the reader sees, not the array that should have been drawn.
"""

from .architecture import plot_architecture
from .fourier import plot_circles, plot_matrices, plot_multiply_adds
from .images import images_in, plot_decoded_plane, plot_feature_maps, plot_images
from .interpolation import plot_interpolation
from .latent import plot_latent_plane, points_in
from .losses import plot_errors, plot_learning_curve
from .maps import plot_maps
from .overview import plot_overview
from .restoration import plot_photographs, plot_regularisation, plot_spectra
from .spread import plot_by_size, plot_seeds

__all__ = [
    "images_in",
    "plot_architecture",
    "plot_by_size",
    "plot_circles",
    "plot_decoded_plane",
    "plot_errors",
    "plot_feature_maps",
    "plot_images",
    "plot_interpolation",
    "plot_latent_plane",
    "plot_learning_curve",
    "plot_maps",
    "plot_matrices",
    "plot_multiply_adds",
    "plot_overview",
    "plot_photographs",
    "plot_regularisation",
    "plot_seeds",
    "plot_spectra",
    "points_in",
]
