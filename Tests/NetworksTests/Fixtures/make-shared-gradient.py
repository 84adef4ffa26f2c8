#!/usr/bin/env python3
"""Writes shared-gradient.safetensors beside itself: PyTorch's gradient of the mean loss over the first 64 training rows
of the shared ResNet-20, frozen BatchNorm statistics, float32. Of tensors with more than 1000 elements every 16th.

    pip install "torch==2.13.0+cpu" safetensors numpy
    python make-shared-gradient.py SHARED_FOLDER
"""
import os
import sys
import torch
from safetensors.torch import save_file

shared = sys.argv[1]
sys.path.insert(0, f"{shared}/tools")
import torch_peer as peer

net = peer.ResNet(f"{shared}/models/resnet20-cifar10-10k")
x, y = peer.cifar(f"{shared}/data/cifar10-10k/data_batch_1.bin", "0:64")
torch.nn.functional.cross_entropy(net(x), y).backward()
picked = {}
for name, tensor in net.parameters().items():
    flat = tensor.grad.contiguous().flatten()
    picked[name] = flat[::16].clone() if flat.numel() > 1000 else flat.clone()
save_file(picked, os.path.join(os.path.dirname(os.path.abspath(__file__)), "shared-gradient.safetensors"))
