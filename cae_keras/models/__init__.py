"""The architectures of the lectures, as builders that return Keras models.

`build_encoder()`, `build_decoder()` and `build_autoencoder()` without arguments are the
lecture's convolutional autoencoder to the letter. Their arguments, in Keras's words,
open what a lecturer wants to turn. `build_dense_autoencoder()` is lecture E's.
"""

from .convolutional import build_autoencoder, build_decoder, build_encoder
from .dense import build_dense_autoencoder

__all__ = [
    "build_autoencoder",
    "build_decoder",
    "build_dense_autoencoder",
    "build_encoder",
]
