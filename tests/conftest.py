"""What every test computes with: full float32, and rounding of its own if asked for."""

import os

from cae_keras.classroom.quiet import use_full_float32

# A GPU would round to TF32: here also what tests run beside the backend of Keras, other
# processes and plain JAX and PyTorch.
os.environ.setdefault("NVIDIA_TF32_OVERRIDE", "0")
os.environ.setdefault("JAX_DEFAULT_MATMUL_PRECISION", "highest")
use_full_float32()  # as `classroom.start` does

if "CAE_KERAS_NOISE" in os.environ:
    import noise

    noise.add(float(os.environ["CAE_KERAS_NOISE"]))
