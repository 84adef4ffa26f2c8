#!/usr/bin/env python3
"""Writes ResNets of many shapes below a folder, each with what Hugging Face's transformers compute of it.

    pip install "torch==2.13.0+cpu" transformers safetensors numpy
    python resnets.py FOLDER [NAME ...]

FOLDER/NAME is a model directory as `save_pretrained` leaves it (weights in float32; random, BatchNorm's statistics too),
and FOLDER/NAME.safetensors holds rows x [rows, channels, height, width], labels y, and, computed in float64 with frozen
BatchNorm, logits and g/TENSOR, the gradients of the mean cross-entropy; e/TENSOR is how far off (relative L2) the same
gradient in float32 is, channels last: where a ReLU or a maximum is nearly undecided, rounding decides it.
"""
import os
import sys

import torch
from safetensors.torch import save_file
from torch import nn
from transformers import ResNetConfig, ResNetForImageClassification

ROWS = 3


class SmallPictures(nn.Module):
    """The stem for small pictures: what transformers' embedder is, with a 3x3 convolution of stride 1 and no pooling."""

    def __init__(self, config):
        super().__init__()
        self.embedder = nn.Conv2d(config.num_channels, config.embedding_size, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(config.embedding_size)

    def forward(self, pixels):
        return torch.relu(self.norm(self.embedder(pixels)))


def randomised(model, x):
    """Random weights under which activations neither vanish nor grow, and statistics that are off by some tenths."""
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.copy_(torch.rand_like(module.weight) + 0.5)
                module.bias.copy_(torch.randn_like(module.bias) * 0.3)
                module.momentum = 1.0
        model.train()
        model(x)
        model.eval()
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.add_(module.running_var.sqrt() * torch.randn_like(module.running_mean) * 0.3)
                module.running_var.mul_(torch.rand_like(module.running_var) + 0.5).add_(1e-3)
        # Logits of some units: a softmax that is sure has a gradient of rounding noise.
        model.classifier[1].weight.div_(model(x).logits.std())


def gradients(model, x, y):
    model.zero_grad()
    logits = model(x).logits
    nn.functional.cross_entropy(logits, y).backward()
    return logits.detach(), {name: p.grad.clone() for name, p in model.named_parameters()}


def write(folder, name, size, small=False, **settings):
    torch.manual_seed(sum(name.encode()))
    config = ResNetConfig(**settings)
    model = ResNetForImageClassification(config)
    if small:
        model.resnet.embedder = SmallPictures(config)
    x = torch.randn(ROWS, config.num_channels, *size)
    y = torch.randint(config.num_labels, (ROWS,))
    randomised(model, x)
    model.save_pretrained(f"{folder}/{name}")
    tensors = {"x": x, "y": y.float()}
    model.to(memory_format=torch.channels_last)
    _, single = gradients(model, x.contiguous(memory_format=torch.channels_last), y)
    logits, exact = gradients(model.double(), x.double(), y)
    tensors["logits"] = logits.float()
    for tensor, g in exact.items():
        tensors[f"g/{tensor}"] = g.float().contiguous()
        tensors[f"e/{tensor}"] = ((single[tensor].double() - g).norm() / g.norm()).float().view(1)
    save_file(tensors, f"{folder}/{name}.safetensors")


BASIC = dict(layer_type="basic", num_labels=10)
CASES = {
    "resnet-18": dict(size=(224, 224), **BASIC | dict(num_labels=1000, hidden_sizes=[64, 128, 256, 512], depths=[2, 2, 2, 2])),
    "resnet-50": dict(size=(224, 224), num_labels=1000),
    "resnet-50-stride-in-1x1": dict(size=(96, 96), downsample_in_bottleneck=True),
    "resnet-34-first-stage": dict(
        size=(128, 96), downsample_in_first_stage=True, **BASIC | dict(hidden_sizes=[64, 128, 256, 512], depths=[3, 4, 6, 3])),
    "bottleneck-first-stage": dict(
        size=(75, 64), downsample_in_first_stage=True, downsample_in_bottleneck=True, embedding_size=32, num_labels=7,
        hidden_sizes=[64, 128], depths=[1, 2]),
    "small-bottleneck": dict(
        size=(32, 32), small=True, embedding_size=16, hidden_sizes=[64, 128, 256], depths=[2, 2, 2], num_labels=10),
    "small-basic": dict(size=(32, 32), small=True, **BASIC | dict(embedding_size=16, hidden_sizes=[16, 32, 64], depths=[3, 3, 3])),
    "odd-basic": dict(size=(61, 47), **BASIC | dict(embedding_size=20, hidden_sizes=[24, 40, 72], depths=[1, 3, 2])),
    "odd-bottleneck": dict(size=(57, 66), num_labels=3, embedding_size=9, hidden_sizes=[24, 40, 70], depths=[2, 1, 3]),
    "odd-small": dict(size=(29, 23), small=True, **BASIC | dict(embedding_size=24, hidden_sizes=[24, 40, 72], depths=[1, 1, 2])),
    "gray": dict(size=(56, 56), num_channels=1, **BASIC | dict(embedding_size=32, hidden_sizes=[32, 64], depths=[2, 1])),
    "gray-small": dict(
        size=(28, 28), small=True, num_channels=1, **BASIC | dict(embedding_size=16, hidden_sizes=[16, 48], depths=[1, 2])),
    "one-stage": dict(size=(33, 32), num_channels=5, num_labels=2, layer_type="basic", embedding_size=16, hidden_sizes=[16], depths=[1]),
}

if __name__ == "__main__":
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name in sys.argv[2:] or CASES:
        write(folder, name, **CASES[name])
        print(name, flush=True)
