"""What every test computes with: full float32, and rounding of its own if asked for."""

import os

from cae_keras.classroom.quiet import use_full_float32

use_full_float32()  # as `classroom.start` does: a GPU would round to TF32

if "CAE_KERAS_NOISE" in os.environ:
    import noise

    noise.add(float(os.environ["CAE_KERAS_NOISE"]))
