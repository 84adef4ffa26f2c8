"""Writes objectives.safetensors: gradients of the losses that look at the model before, by PyTorch's autograd in float64.

    python3 make-objectives.py        # needs torch and safetensors
"""

import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
ROWS, CLASSES, BETA, ALPHA, GAMMA = 12, 7, 0.1, 0.001, 0.99
torch.manual_seed(5)


def gradient(logits, loss):
    z = logits.clone().requires_grad_(True)
    loss(z).sum().backward()
    return z.grad


logits = 3 * torch.randn(ROWS, CLASSES, dtype=torch.float64)
before = 3 * torch.randn(ROWS, CLASSES, dtype=torch.float32)
labels = torch.randint(0, CLASSES, (ROWS,))
kept = before.double()
divergence = lambda z: F.kl_div(F.log_softmax(z, 1), F.log_softmax(kept, 1), log_target=True, reduction="none").sum(1)
entropy = lambda z: F.cross_entropy(z, labels, reduction="none")
preference = lambda z: -2 / BETA * F.logsigmoid(BETA * (entropy(z) - entropy(kept)))

save_file(
    {
        "objectives/logits": logits.float().contiguous(),
        "objectives/before": before.contiguous(),
        "objectives/losses": entropy(kept).float(),
        "objectives/y": labels.to(torch.int32),
        "objectives/kl": gradient(logits.float().double(), divergence).float(),
        "objectives/scrub": gradient(logits.float().double(), lambda z: ALPHA * divergence(z) + GAMMA * entropy(z)).float(),
        "objectives/npo": gradient(logits.float().double(), preference).float(),
    },
    f"{HERE}/objectives.safetensors",
)
