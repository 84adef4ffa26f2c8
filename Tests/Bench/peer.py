#!/usr/bin/env python3
"""PyTorch on the CPU, doing what `bench measure` does: the same model, the same rows, all cores.

    peer.py paired    MODEL_DIR PICTURES.bin        one paired step of a CIFAR ResNet with basic blocks
    peer.py evaluate  MODEL_DIR PICTURES.bin        its forward pass alone
    peer.py mlp       MODEL_DIR ROWS.safetensors    one paired step of a feed-forward network

Each with --batch N (rows of either side) and --repeats N. MODEL_DIR is a Hugging Face directory; pictures are CIFAR-10's
binary rows. One JSON object is printed. Time is the minimum of the repeats after a warm-up, as in `bench measure`.

The best that PyTorch does without being rewritten is wanted, not the worst: pictures and weights lie channels last, ReLU
works in place where autograd allows it, evaluation runs under inference mode, and of three ways to evaluate the fastest
counts: as it is; with BatchNorm folded into the convolutions (anew each time, for in a run the weights change); and
that in pieces which stay in the caches.
"""
import argparse
import importlib.util
import json
import os
import resource
import sys
import time

import numpy as np
import torch
from safetensors.torch import load_file

F = torch.nn.functional
LAST = torch.channels_last
EPSILON = 1e-5


def pictures(path, count):
    raw = np.fromfile(path, np.uint8, count=count * 3073).reshape(-1, 3073)
    mean = torch.tensor([0.4914, 0.4822, 0.4465]).view(1, 3, 1, 1)
    deviation = torch.tensor([0.2023, 0.1994, 0.2010]).view(1, 3, 1, 1)
    samples = torch.from_numpy(raw[:, 1:].reshape(-1, 3, 32, 32).astype(np.float32)) / 255
    labels = torch.from_numpy(raw[:, 0].astype(np.int64))
    return ((samples - mean) / deviation).contiguous(memory_format=LAST), labels


def configuration(directory):
    with open(os.path.join(directory, "config.json"), encoding="utf-8") as file:
        return json.load(file)


def weights(directory):
    tensors = load_file(os.path.join(directory, "model.safetensors"))
    return {name: t.to(memory_format=LAST) if t.dim() == 4 else t for name, t in tensors.items()}


def is_trained(name):
    return not name.rsplit(".", 1)[-1].startswith(("running", "num_batches"))


class ResNet:
    """Basic blocks and CIFAR's stem, with frozen BatchNorm statistics."""

    def __init__(self, directory):
        self.shape = configuration(directory)
        self.tensors = weights(directory)
        self.folded = {}

    def trained(self):
        names = [name for name in self.tensors if is_trained(name)]
        for name in names:
            self.tensors[name].requires_grad_(True)
        return [self.tensors[name] for name in names]

    def fold(self):
        """BatchNorm's frozen statistics into weights and biases."""
        for name, kernel in self.tensors.items():
            if kernel.dim() != 4:
                continue
            convolution = name.removesuffix(".weight")
            norm = convolution.replace("embedder.embedder", "embedder.norm").replace("convolution", "normalization")
            mean, variance, weight, bias = (
                self.tensors[f"{norm}.{part}"] for part in ("running_mean", "running_var", "weight", "bias"))
            scale = weight * torch.rsqrt(variance + EPSILON)
            self.folded[convolution] = ((kernel * scale.view(-1, 1, 1, 1)).contiguous(memory_format=LAST), bias - mean * scale)

    def unit(self, x, convolution, norm, stride):
        t = self.tensors
        kernel = t[convolution + ".weight"]
        if convolution in self.folded:
            return F.conv2d(x, *self.folded[convolution], stride=stride, padding=kernel.shape[-1] // 2)
        x = F.conv2d(x, kernel, stride=stride, padding=kernel.shape[-1] // 2)
        return F.batch_norm(
            x, t[norm + ".running_mean"], t[norm + ".running_var"], t[norm + ".weight"], t[norm + ".bias"],
            training=False, eps=EPSILON)

    def __call__(self, x):
        x = F.relu_(self.unit(x, "resnet.embedder.embedder", "resnet.embedder.norm", 1))
        for stage, depth in enumerate(self.shape["depths"]):
            for layer in range(depth):
                first = layer == 0 and (stage > 0 or self.shape["downsample_in_first_stage"])
                x = self.block(x, f"resnet.encoder.stages.{stage}.layers.{layer}", 2 if first else 1)
        return F.linear(x.mean((2, 3)), self.tensors["classifier.1.weight"], self.tensors["classifier.1.bias"])

    def block(self, x, name, stride):
        def unit(x, part, stride):
            return self.unit(x, f"{name}.{part}.convolution", f"{name}.{part}.normalization", stride)

        y = F.relu_(unit(x, "layer.0", stride))
        y = unit(y, "layer.1", 1)
        if f"{name}.shortcut.convolution.weight" in self.tensors:
            x = unit(x, "shortcut", stride)
        return F.relu_(y.add_(x))


class MLP:
    def __init__(self, directory):
        tensors = weights(directory)
        count = len(configuration(directory)["layers"]) - 1
        self.layers = [(tensors[f"layers.{i}.weight"], tensors[f"layers.{i}.bias"]) for i in range(count)]

    def trained(self):
        return [t.requires_grad_(True) for layer in self.layers for t in layer]

    def __call__(self, x):
        for weight, bias in self.layers[:-1]:
            x = F.relu_(F.linear(x, weight, bias))
        return F.linear(x, *self.layers[-1])


def squares(tensors):
    """The squared norm of each, in as few calls as there are."""
    return torch.stack(torch._foreach_norm(tensors)).square_()


def paired_step(network, trained, halves, radius=2e-4, ratio=0.3):
    """Two gradients, each clipped to norm 1, and one rectified update a tensor (HAMU-Q, arXiv:2606.02119)."""
    sides = []
    for x, y in halves:
        gradients = list(torch.autograd.grad(F.cross_entropy(network(x), y), trained))
        norms = squares(gradients)
        clip = (1 / (norms.sum().sqrt() + 1e-6)).clamp_(max=1)
        torch._foreach_mul_(gradients, clip)
        sides.append((gradients, norms * clip * clip))
    with torch.no_grad():
        (retain, aa), (forget, bb) = sides
        kappa = torch.stack([torch.dot(a.flatten(), b.flatten()) for a, b in zip(retain, forget)])
        reach = radius * squares(trained).sqrt_()
        quota = ratio * reach * bb.sqrt()
        used = quota / (bb.sqrt() + 1e-30)
        perpendicular = (aa - kappa * kappa / (bb + 1e-30)).clamp_(min=1e-30).sqrt_()
        along = -(reach * reach - used * used).clamp_(min=0).sqrt_() / perpendicular
        across = quota / (bb + 1e-30) - along * kappa / (bb + 1e-30)
        torch._foreach_add_(trained, torch._foreach_mul(retain, list(along.unbind())))
        torch._foreach_add_(trained, torch._foreach_mul(forget, list(across.unbind())))


def measure(body, repeats, steps=1):
    """Seconds of `steps` times `body`, the least and the median of the repeats after one that does not count."""
    times = []
    for _ in range(repeats + 1):
        began = time.perf_counter()
        for _ in range(steps):
            body()
        times.append(time.perf_counter() - began)
    times = sorted(times[1:])
    return {"seconds_min": times[0], "seconds_median": times[len(times) // 2], "steps_a_repeat": steps}


def evaluation(network, x, repeats):
    """The fastest of three ways, with the seconds of each."""
    def in_one():
        return network(x)

    def folded():
        network.fold()
        return network(x)

    def in_pieces():
        network.fold()
        return torch.cat([network(piece) for piece in x.split(64)])

    ways = {way.__name__: measure(way, repeats) for way in (in_one, folded, in_pieces)}
    best = min(ways, key=lambda name: ways[name]["seconds_min"])
    return dict(ways[best], way=best, seconds_by_way={name: way["seconds_min"] for name, way in ways.items()})


def by_both_ways(fused, given, network, trained, halves):
    """The step as `--torch-peer` takes it, one update after the other, and as this file does, over all tensors at once."""
    if not given.torch_peer:
        return dict(fused, fused_seconds_min=fused["seconds_min"])
    spec = importlib.util.spec_from_file_location("torch_peer", given.torch_peer)
    theirs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(theirs)
    retain, forget = halves
    alone = measure(
        lambda: theirs.paired_step(lambda half: F.cross_entropy(network(half[0]), half[1]), trained, retain, forget),
        given.repeats, fused["steps_a_repeat"])
    return dict(alone, fused_seconds_min=fused["seconds_min"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["paired", "evaluate", "mlp"])
    parser.add_argument("model")
    parser.add_argument("rows")
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--torch-peer", help="whose paired_step to take for the MLP, besides this file's own")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    n = given.batch
    if given.what == "evaluate":
        network, (x, _) = ResNet(given.model), pictures(given.rows, n)
        with torch.inference_mode():
            out = evaluation(network, x, given.repeats)
        out["images_per_second"] = n / out["seconds_min"]
    else:
        if given.what == "mlp":
            network, steps = MLP(given.model), 100
            rows = load_file(given.rows)
            x, y = rows["x"][:2 * n].contiguous(), rows["y"][:2 * n]
        else:
            network, steps = ResNet(given.model), 1
            x, y = pictures(given.rows, 2 * n)
        trained = network.trained()
        halves = [(x[:n], y[:n]), (x[n:], y[n:])]
        out = measure(lambda: paired_step(network, trained, halves), given.repeats, steps)
        if given.what == "mlp":
            out = by_both_ways(out, given, network, trained, halves)
        per_second = steps / out["seconds_min"]
        out["steps_per_second" if given.what == "mlp" else "images_per_second"] = per_second * (1 if given.what == "mlp" else 2 * n)
    out.update(
        batch=n, repeats=given.repeats, threads=torch.get_num_threads(), torch=torch.__version__,
        peak_rss_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    json.dump(out, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
