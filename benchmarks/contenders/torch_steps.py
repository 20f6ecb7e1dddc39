"""The lecture's training step in plain PyTorch, without Keras."""

import itertools
import time

import numpy as np
import torch
from torch import nn

from cae_keras.shapes import conv_transpose_cropping

from . import lecture

LAYOUTS = {
    "contiguous": torch.contiguous_format,
    "channels_last": torch.channels_last,
}


def _transposed(channels, filters, kernel_size, input_size):
    """Return the layer that Keras has with stride 2 and "same".

    PyTorch crops its `padding` on both sides, which is what "same" crops here.
    """
    before, after = conv_transpose_cropping(input_size, kernel_size, 2, "same")
    if before != after:
        raise ValueError(
            "PyTorch's padding must be the same on both sides. "
            f"Received: {before}, {after}"
        )
    return nn.ConvTranspose2d(channels, filters, kernel_size, 2, padding=before)


def build():
    """Return the lecture's autoencoder with the initial weights, channels first."""
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(64, 2, 7, bias=False),
        nn.ConvTranspose2d(2, 64, 7),
        nn.ReLU(),
        _transposed(64, 32, 14, 7),
        nn.ReLU(),
        _transposed(32, 1, 28, 14),
    )
    weights = lecture.initial_weights().values()
    with torch.no_grad():
        for parameter, weight in zip(model.parameters(), weights, strict=True):
            parameter.copy_(torch.from_numpy(_to_torch(weight)))
    return model


def _to_torch(weight):
    """Kernels of both kinds, from Keras's layout: the axes in the opposite order."""
    return weight.transpose(3, 2, 0, 1).copy() if weight.ndim == 4 else weight


def _to_keras(weight):
    weight = weight.detach().cpu().numpy().copy()  # what it shows will be overwritten
    return weight.transpose(2, 3, 1, 0) if weight.ndim == 4 else weight


def channels_first(images):
    """Return images (n, height, width, 1) as a contiguous tensor (n, 1, ...)."""
    return torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2)))


class Plain:
    """Training in a bare loop, on tensors that lie ready."""

    note = "direct"

    def __init__(self, batch_size, layout):
        device = "cpu"
        if torch.accelerator.is_available():
            device = torch.accelerator.current_accelerator()
        form = LAYOUTS[layout]
        self.model = build().to(device, memory_format=form)
        # Fused: PyTorch's fastest Adam.
        self.adam = torch.optim.Adam(
            self.model.parameters(),
            lecture.LEARNING_RATE,
            betas=(lecture.BETA_1, lecture.BETA_2),
            eps=lecture.EPSILON,
            fused=True,
        )
        self.count = 0
        self.batches = [
            channels_first(batch).to(device, memory_format=form)
            for batch in lecture.batches(batch_size, lecture.RESIDENT_BATCHES)
        ]

    def step(self, images):
        # PyTorch adds epsilon after the correction of the second moment, Keras before.
        self.count += 1
        correction = 1 - lecture.BETA_2**self.count
        self.adam.param_groups[0]["eps"] = lecture.EPSILON / correction**0.5
        self.adam.zero_grad()
        loss = nn.functional.mse_loss(self.model(images), images)
        loss.backward()
        self.adam.step()
        return loss.detach()

    def evidence(self):
        losses, moments = [], None
        for batch in self.batches[: lecture.FIRST_STEPS]:
            losses.append(float(self.step(batch)))
            moments = moments or [
                _to_keras(self.adam.state[parameter]["exp_avg"])
                for parameter in self.model.parameters()
            ]
        return lecture.evidence(losses, moments)

    def run(self, steps):
        float(self.step(self.batches[-1]))  # not measured: wakes the threads
        began = time.perf_counter()
        for batch in itertools.islice(itertools.cycle(self.batches), steps):
            loss = self.step(batch)
        float(loss)
        return (time.perf_counter() - began) / steps


def make(batch_size, layout):
    """Return a contender; `layout` is "contiguous" or "channels_last"."""
    return Plain(batch_size, layout)
