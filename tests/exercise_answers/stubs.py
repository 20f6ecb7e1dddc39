"""Stands for what would take long to train."""


class Stub:
    """Stands for a trained model: its reconstructions have the given error."""

    def __init__(self, error, latent_channels=8, parameters=19_569):
        self.error, self.output_shape = error, (None, 1, 1, latent_channels)
        self.parameters = parameters

    def count_params(self):
        return self.parameters

    def get_layer(self, name):
        assert name == "encoder"
        return self

    def predict(self, images, verbose, callbacks=()):
        return images + self.error**0.5
