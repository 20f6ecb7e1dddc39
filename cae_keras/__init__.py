"""Convolutional autoencoders in Keras, as the lectures draw them.

The rooms of the package, from the ground up:

- `shapes`: how large is the result? Integers in, integers out, no framework.
- `reference`: the same operations as slow and obvious NumPy loops.
- `models`: the architectures of the lectures.
- `data`: reads the images in `data/`.
- `plotting`: the figures.
- `exercises`: checks an answer, and hints.
- `classroom`: the quiet start of a notebook, the room check, the course map.

Importing `cae_keras` loads none of them, so it takes milliseconds and does not load
TensorFlow: write `from cae_keras import shapes, models`.
"""

__version__ = "0.1.0"
