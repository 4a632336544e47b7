"""Writes pytorch.json: what PyTorch gives for the inputs that are written with it. Run with PyTorch 1.13."""

import json
import math
import sys

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)


def values(*shape, scale=2.0, phase=0.7):
    count = math.prod(shape)
    flat = [scale * math.sin(phase + 1.9 * i + 0.1 * i * i) for i in range(count)]
    return torch.tensor(flat, dtype=torch.float32).reshape(shape)


def numbers(tensor):
    return {"shape": list(tensor.shape), "values": [float(v) for v in tensor.detach().reshape(-1)]}


def case(function, *inputs):
    """A function's result and the gradients of its inputs from a gradient of values(...)."""
    leaves = [x.clone().requires_grad_() for x in inputs]
    result = function(*leaves)
    result.backward(values(*result.shape, scale=1.0, phase=0.3))
    return {
        "inputs": [numbers(x) for x in inputs],
        "result": numbers(result),
        "gradients": [numbers(x.grad) for x in leaves],
    }


def steps(make, count=6, rates=None):
    """A parameter under an optimizer: gradients are those of sum(c * p * p) / 2 + sum(d * p)."""
    start = values(7, scale=1.0)
    parameter = nn.Parameter(start.clone())
    curvature, slope = values(7, scale=0.5, phase=1.1).abs() + 0.1, values(7, scale=0.3, phase=2.2)
    optimizer = make([parameter])
    path = []
    for step in range(count):
        optimizer.zero_grad()
        (curvature * parameter * parameter / 2 + slope * parameter).sum().backward()
        if rates:
            optimizer.param_groups[0]["lr"] = rates[step]
        optimizer.step()
        path.append([float(v) for v in parameter.detach()])
    return {"start": numbers(start), "curvature": numbers(curvature), "slope": numbers(slope), "path": path}


targets = torch.tensor([2, 0, 3, 1, 3])
weights = values(4).abs() + 0.2
labels = (values(3, 4, phase=1.3) > 0).float()

functions = {
    "gelu": case(F.gelu, values(41, scale=6.0)),
    "relu": case(F.relu, values(7)),
    "tanh": case(torch.tanh, values(41, scale=6.0)),
    "sigmoid": case(torch.sigmoid, values(41, scale=6.0)),
    "softmax": case(lambda x: F.softmax(x, -1), values(3, 9, scale=5.0)),
    "log_softmax": case(lambda x: F.log_softmax(x, -1), values(3, 9, scale=5.0)),
    "layer_norm": case(lambda x, w, b: F.layer_norm(x, [9], w, b), values(4, 9), values(9), values(9, phase=0.1)),
    "linear": case(F.linear, values(2, 3, 5), values(4, 5), values(4)),
    "bmm": case(torch.bmm, values(2, 3, 17), values(2, 17, 20)),
    "cross_entropy": case(lambda x: F.cross_entropy(x, targets), values(5, 4)),
    "cross_entropy_weighted": case(lambda x: F.cross_entropy(x, targets, weights), values(5, 4)),
    "cross_entropy_sum": case(lambda x: F.cross_entropy(x, targets, reduction="sum"), values(5, 4)),
    "cross_entropy_none": case(lambda x: F.cross_entropy(x, targets, weights, reduction="none"), values(5, 4)),
    "cross_entropy_ignored": case(lambda x: F.cross_entropy(x, targets, ignore_index=3), values(5, 4)),
    "cross_entropy_smoothed": case(lambda x: F.cross_entropy(x, targets, label_smoothing=0.1), values(5, 4)),
    "cross_entropy_all": case(
        lambda x: F.cross_entropy(x, targets, weights, ignore_index=3, label_smoothing=0.1), values(5, 4)
    ),
    "bce": case(lambda x: F.binary_cross_entropy_with_logits(x, labels), values(3, 4, scale=8.0)),
    "bce_weighted": case(
        lambda x: F.binary_cross_entropy_with_logits(x, labels, weights, reduction="sum"), values(3, 4)
    ),
    "bce_positive": case(
        lambda x: F.binary_cross_entropy_with_logits(x, labels, reduction="none", pos_weight=weights), values(3, 4)
    ),
    "embedding": case(lambda w: F.embedding(torch.tensor([[2, 0, 2], [4, 1, 0]]), w, padding_idx=1), values(5, 3)),
}

optimizers = {
    "adamw": steps(lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0)),
    "adamw_decay": steps(lambda p: torch.optim.AdamW(p, lr=0.02, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)),
    "adamw_amsgrad": steps(lambda p: torch.optim.AdamW(p, lr=0.1, weight_decay=0, amsgrad=True)),
    "adamw_maximize": steps(lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0, maximize=True)),
    "adamw_scheduled": steps(
        lambda p: torch.optim.AdamW(p, lr=1.0, weight_decay=0.01), rates=[0.01, 0.02, 0.03, 0.02, 0.01, 0.0]
    ),
    "sgd": steps(lambda p: torch.optim.SGD(p, lr=0.1)),
    "sgd_momentum": steps(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.1, weight_decay=0.05)),
    "sgd_nesterov": steps(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True)),
}


def clipping(most, kind):
    parameters = [nn.Parameter(values(3, 2)), nn.Parameter(values(5)), nn.Parameter(values(2))]
    for parameter in parameters[:2]:
        parameter.grad = values(*parameter.shape, scale=3.0, phase=0.9)
    before = [numbers(p.grad) for p in parameters[:2]]
    norm = nn.utils.clip_grad_norm_(parameters, most, kind)
    return {"most": most, "kind": "inf" if math.isinf(kind) else kind, "before": before,
            "norm": float(norm), "after": [numbers(p.grad) for p in parameters[:2]]}


clips = [clipping(1.0, 2.0), clipping(100.0, 2.0), clipping(0.5, float("inf")), clipping(2.0, 1.0)]

json.dump({"pytorch": torch.__version__, "functions": functions, "optimizers": optimizers, "clips": clips,
           "targets": targets.tolist(), "weights": numbers(weights), "labels": numbers(labels)}, sys.stdout)
