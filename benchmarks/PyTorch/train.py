"""The steps of TrainingSteps.cs in PyTorch, on the files that it wrote, compared with what it got.

python3 train.py FOLDER
"""
import json
import pathlib
import struct
import sys
import time

import torch
from torch import nn


def read(path):
    """A .safetensors file of 32-bit floats, without the package of that name."""
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8:8 + size]).items():
        begin, end = (8 + size + place for place in entry["data_offsets"])
        tensors[name] = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32).reshape(entry["shape"])
    return tensors


class Discriminator(nn.Module):
    """The network of src/Discriminator, built from PyTorch's own encoder."""

    def __init__(self, dim, max_tokens, heads, layers):
        super().__init__()
        self.position_embedding = nn.Parameter(torch.zeros(max_tokens, dim))
        self.half_embedding = nn.Parameter(torch.zeros(2, dim))
        layer = nn.TransformerEncoderLayer(
            dim, heads, 4 * dim, 0.0, activation="gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers, norm=nn.LayerNorm(dim))
        self.head = nn.Linear(dim, 1)

    def forward(self, sequences, blocked):
        tokens = sequences.shape[1] // 2
        times = self.position_embedding[:tokens]
        places = torch.cat([times + self.half_embedding[0], times + self.half_embedding[1]])
        return self.head(self.encoder(sequences + places, mask=blocked)[:, tokens:]).squeeze(-1)


def main(folder):
    batch = read(folder / "batch.safetensors")
    ours = json.loads((folder / "torchsharp.json").read_text())
    network = Discriminator(batch["sequences"].shape[2], batch["labels"].shape[1], heads=4, layers=2)
    network.load_state_dict(read(folder / "weights.safetensors"))
    blocked = torch.isinf(batch["mask"])
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.01)

    def step():
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(network(batch["sequences"], blocked), batch["labels"])
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        return loss.item()

    losses = [step() for _ in ours["losses"]]
    times = []
    for _ in range(100):
        start = time.perf_counter()
        step()
        times.append((time.perf_counter() - start) * 1e3)
    times.sort()

    apart = max(abs(a - b) / max(abs(a), 1e-12) for a, b in zip(losses, ours["losses"]))
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads")
    print(f"loss {losses[0]:.9g} -> {losses[-1]:.9g}; {times[50]:.2f} ms a step (median), {times[0]:.2f} ms at best")
    print(f"largest relative difference of {len(losses)} losses: {apart:.3g}")
    print(f"time a step, ours / PyTorch: {ours['median_ms'] / times[50]:.2f} (medians), {ours['fastest_ms'] / times[0]:.2f} (best)")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
