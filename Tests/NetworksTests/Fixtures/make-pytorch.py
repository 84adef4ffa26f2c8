#!/usr/bin/env python3
"""Writes layers.safetensors and networks.safetensors beside itself: what PyTorch and Hugging Face's transformers
compute for random numbers, in float64, rounded to float32.

    pip install "torch==2.13.0+cpu" transformers safetensors numpy
    python make-pytorch.py

Layers: tensors CASE/x, CASE/dy, CASE/... in PyTorch's layouts (NCHW, OIHW). Networks: CASE/p/NAME parameters, CASE/x
and CASE/y rows and labels, CASE/logits, CASE/g/NAME gradients of the mean loss with frozen BatchNorm, CASE/t/NAME the
same with the batch's statistics, and CASE/s/NAME the running statistics after that batch.
"""
import os
import torch
from safetensors.torch import save_file
from transformers import ResNetConfig, ResNetForImageClassification

F = torch.nn.functional
HERE = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(20260602)
layers, networks = {}, {}


def random(*shape, scale=1.0):
    return (torch.randn(*shape, dtype=torch.float32) * scale).double()


def put(table, case, **tensors):
    for name, value in tensors.items():
        value = value.detach()
        table[f"{case}/{name}"] = (value if value.dtype == torch.int32 else value.float()).contiguous().clone()


def unit(case, images, channels, size, out, kernel, stride, relu, residual, training):
    x = random(images, channels, *size).requires_grad_()
    w = random(out, channels, kernel, kernel, scale=(channels * kernel * kernel) ** -0.5).requires_grad_()
    gamma, beta = (random(out) * 0.3 + 1).requires_grad_(), random(out, scale=0.3).requires_grad_()
    mean, var = random(out, scale=0.3), random(out).abs() + 0.5
    running = (mean.clone(), var.clone())
    y = F.conv2d(x, w, stride=stride, padding=kernel // 2)
    y = F.batch_norm(y, *running, gamma, beta, training, 0.1, 1e-5)
    inputs = [x, w, gamma, beta]
    if residual:
        r = random(*y.shape).requires_grad_()
        y = y + r
        inputs.append(r)
        put(layers, case, residual=r)
    y = F.relu(y) if relu else y
    dy = random(*y.shape)
    g = torch.autograd.grad(y, inputs, dy)
    put(layers, case, x=x, weight=w, gamma=gamma, beta=beta, mean=mean, variance=var, y=y, dy=dy, dx=g[0], dweight=g[1], dgamma=g[2], dbeta=g[3])
    if residual:
        put(layers, case, dresidual=g[4])
    if training:
        put(layers, case, newmean=running[0], newvariance=running[1])


for training in (False, True):
    kind = "training" if training else "frozen"
    unit(f"{kind}-3x3", 2, 5, (7, 6), 4, 3, 1, True, False, training)
    unit(f"{kind}-3x3-residual", 1, 16, (13, 12), 16, 3, 1, True, True, training)
    unit(f"{kind}-3x3-stride", 3, 6, (9, 8), 8, 3, 2, True, False, training)
    unit(f"{kind}-1x1-stride", 2, 6, (7, 7), 8, 1, 2, False, False, training)
    unit(f"{kind}-1x1", 2, 12, (5, 5), 6, 1, 1, True, False, training)
    unit(f"{kind}-7x7-stride", 2, 3, (15, 14), 6, 7, 2, True, False, training)

x = random(2, 5, 11, 8).round(decimals=0).requires_grad_()  # equal numbers: which of them gets the gradient?
y = F.max_pool2d(x, 3, 2, 1)
dy = random(*y.shape)
put(layers, "max-pool", x=x, y=y, dy=dy, dx=torch.autograd.grad(y, x, dy)[0])

x = random(3, 6, 4, 5).requires_grad_()
y = x.mean((2, 3))
dy = random(*y.shape)
put(layers, "average-pool", x=x, y=y, dy=dy, dx=torch.autograd.grad(y, x, dy)[0])

z, label = random(6, 7, scale=4).requires_grad_(), torch.tensor([0, 3, 6, 2, 2, 5], dtype=torch.int32)
rows = torch.arange(6)
loss = F.cross_entropy(z, label.long(), reduction="none")
others = z.masked_fill(F.one_hot(label.long(), 7).bool(), float("-inf"))
phi = z[rows, label.long()] - others.logsumexp(1)
target = phi.detach() - torch.tensor([1.0, -1.0, 2.0, 0.5, -0.5, 3.0])
hinge = (phi - target).clamp(min=0)
put(layers, "losses", z=z, label=label, loss=loss, phi=phi, target=target, dloss=torch.autograd.grad(loss.sum(), z, retain_graph=True)[0],
    dhinge=torch.autograd.grad(hinge.sum(), z)[0])


def network(case, size, **settings):
    config = ResNetConfig(num_channels=3, num_labels=5, **settings)
    model = ResNetForImageClassification(config).double()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "normalization" in name:
                p.copy_(random(*p.shape) * 0.2 + (1 if name.endswith("weight") else 0))
            else:
                p.copy_(p.float().double())
        for name, b in model.named_buffers():
            if name.endswith("running_mean"):
                b.copy_(random(*b.shape, scale=0.2))
            if name.endswith("running_var"):
                b.copy_((random(*b.shape).abs() + 0.5).float().double())
    x, label = random(4, 3, *size), torch.tensor([0, 3, 4, 1], dtype=torch.int32)
    floats = {k: v for k, v in model.state_dict().items() if v.is_floating_point()}
    put(networks, case, x=x, y=label, **{f"p/{k}": v for k, v in floats.items()})
    for kind in ("g", "t"):
        model.train(kind == "t")
        model.zero_grad()
        logits = model(x).logits
        F.cross_entropy(logits, label.long()).backward()
        put(networks, case, **{f"{kind}/{k}": p.grad for k, p in model.named_parameters()})
        if kind == "g":
            put(networks, case, logits=logits)
    put(networks, case, **{f"s/{k}": v for k, v in model.state_dict().items() if "running" in k})


network("basic", (21, 18), embedding_size=6, hidden_sizes=[6, 8], depths=[1, 2], layer_type="basic")
network("basic-first", (24, 24), embedding_size=6, hidden_sizes=[6, 8], depths=[1, 1], layer_type="basic", downsample_in_first_stage=True)
network("bottleneck", (21, 18), embedding_size=6, hidden_sizes=[8, 12], depths=[2, 1], layer_type="bottleneck")
network("bottleneck-stride", (24, 24), embedding_size=6, hidden_sizes=[8, 12], depths=[1, 2], layer_type="bottleneck", downsample_in_bottleneck=True)

save_file(layers, f"{HERE}/layers.safetensors")
save_file(networks, f"{HERE}/networks.safetensors")
