"""The discriminator's network, loss, optimizer and schedule in PyTorch, for the benchmark "quality".

usage: twin.py ROWS.safetensors SCORES.safetensors

Reads token ids, embeddings and the trainer's options; writes a logit for each candidate of the test rows. Prints the processor
seconds of training and the best epoch.
"""
import json
import math
import struct
import sys
import time

import numpy as np
import torch
from torch import nn


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    types = {"F32": np.float32, "I32": np.int32}
    options = json.loads(header.pop("__metadata__")["options"])
    tensors = {
        name: torch.from_numpy(np.frombuffer(data[entry["data_offsets"][0]:entry["data_offsets"][1]], types[entry["dtype"]]).reshape(entry["shape"]).copy())
        for name, entry in header.items()
    }
    return options, tensors


def write(path, name, values):
    data = values.numpy().astype(np.float32).tobytes()
    header = json.dumps({name: {"dtype": "F32", "shape": list(values.shape), "data_offsets": [0, len(data)]}}).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header + data)


class Network(nn.Module):
    def __init__(self, options, dimension, tokens):
        super().__init__()
        width = options["ModelDimension"] or max(64, dimension)
        heads = options["Heads"] or max(h for h in range(1, 5) if width % h == 0)
        inner = options["FeedForwardDimension"] or 4 * width
        self.project = nn.Linear(dimension, width)
        # As the library begins where inputs are standardized.
        angles = torch.arange(tokens).unsqueeze(1) * float(tokens) ** (-2 * (torch.arange(width) // 2) / width)
        waves = torch.where(torch.arange(width) % 2 == 0, angles.sin(), angles.cos())
        self.position = nn.Parameter(waves if options.get("StandardizeInputs") else 0.1 * torch.randn(tokens, width))
        self.segment = nn.Parameter(0.1 * torch.randn(2, width))
        layer = nn.TransformerEncoderLayer(
            width, heads, inner, options["Dropout"], activation="gelu", batch_first=True, norm_first=True)
        # PyTorch's layer drops attention weights at the rate of the rest.
        layer.self_attn.dropout = options["AttentionDropout"]
        self.encoder = nn.TransformerEncoder(layer, options["Layers"], norm=nn.LayerNorm(width))
        self.head = nn.Linear(width, 1)
        for name, parameter in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
        # True: a query may not attend a key.
        causal = torch.ones(tokens, tokens, dtype=torch.bool).triu(1)
        alone = ~torch.eye(tokens, dtype=torch.bool)
        blocked = torch.ones(tokens, tokens, dtype=torch.bool)
        self.register_buffer("mask", torch.cat([torch.cat([causal, blocked], 1), torch.cat([causal, alone], 1)], 0))

    def forward(self, combined):
        tokens = combined.shape[1] // 2
        places = torch.cat([self.position + self.segment[0], self.position + self.segment[1]], 0)
        return self.head(self.encoder(self.project(combined) + places, self.mask)[:, tokens:]).squeeze(-1)


def combine(table, real, candidates):
    context = table[real.long()]
    context = torch.cat([torch.zeros_like(context[:, :1]), context[:, :-1]], 1)
    return torch.cat([context, table[candidates.long()]], 1)


def calibrate(logits, labels):
    """The lowest loss of logits times a factor, and the factor: the library's temperature, inverted."""
    factors = torch.logspace(-2, 1.3, 100)
    losses = torch.stack([nn.functional.binary_cross_entropy_with_logits(factor * logits, labels) for factor in factors])
    return losses.min().item(), factors[losses.argmin()]


def main():
    options, data = read(sys.argv[1])
    torch.manual_seed(options["Seed"])
    table = data["embeddings"]
    # As the library does before its input projection: by the tokens of the training rows, each as often as it is there.
    tokens = table[torch.cat([data["training_real"], data["training_candidates"]]).flatten().long()]
    table = (table - tokens.mean(0)) / tokens.std(0).clamp_min(1e-12) if options.get("StandardizeInputs") else table
    documents = data["training_documents"].unique()
    held = documents[torch.randperm(len(documents))[:max(1, round(options["ValidationFraction"] * len(documents)))]]
    validates = torch.isin(data["training_documents"], held)
    training, validation = (~validates).nonzero().squeeze(1), validates.nonzero().squeeze(1)

    network = Network(options, table.shape[1], data["training_real"].shape[1])
    decayed = torch.optim.AdamW(network.parameters(), lr=options["LearningRate"], weight_decay=options["WeightDecay"])
    size = options["BatchSize"]
    steps_per_epoch = math.ceil(len(training) / size)
    # The library's default: more passes over few rows.
    epochs = options["Epochs"] or min(40, max(20, math.ceil(4500 / steps_per_epoch)))
    steps = epochs * steps_per_epoch
    warmup = int(options["WarmupFraction"] * steps)

    def rate(step):
        if step < warmup:
            return (step + 1) / warmup
        return (1 + math.cos(math.pi * min(1, (step - warmup) / max(1, steps - warmup)))) / 2

    schedule = torch.optim.lr_scheduler.LambdaLR(decayed, rate)

    def score(real, candidates):
        network.eval()
        with torch.no_grad():
            return torch.cat([network(combine(table, real[i:i + 256], candidates[i:i + 256])) for i in range(0, len(real), 256)])

    def select(rows):
        return data["training_real"][rows], data["training_candidates"][rows], data["training_labels"][rows].float()

    best, kept, kept_factor, best_epoch, epoch = math.inf, None, 1, 0, 0
    before = time.process_time()
    for epoch in range(1, epochs + 1):
        network.train()
        for rows in training[torch.randperm(len(training))].split(size):
            real, candidates, labels = select(rows)
            loss = nn.functional.binary_cross_entropy_with_logits(network(combine(table, real, candidates)), labels)
            decayed.zero_grad()
            loss.backward()
            if options["MaxGradientNorm"]:
                nn.utils.clip_grad_norm_(network.parameters(), options["MaxGradientNorm"])
            decayed.step()
            schedule.step()
        real, candidates, labels = select(validation)
        loss, factor = calibrate(score(real, candidates), labels)
        if loss < best:
            best, best_epoch, kept_factor = loss, epoch, factor
            kept = {name: value.clone() for name, value in network.state_dict().items()}
        elif options["Patience"] and epoch - best_epoch >= options["Patience"]:
            break
    seconds = time.process_time() - before
    network.load_state_dict(kept)
    write(sys.argv[2], "scores", kept_factor * score(data["test_real"], data["test_candidates"]))
    print(f"{seconds:.2f} best epoch {best_epoch} of {epoch}")


if __name__ == "__main__":
    main()
