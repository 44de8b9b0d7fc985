"""Checks a checkpoint of Descent's with PyTorch, and answers with one of PyTorch's own.

usage: torch_checkpoint.py CHECKPOINT.pt RUN.json ANSWER.pt

CHECKPOINT.pt holds a dictionary of state (tensors), which torch.load must accept with weights_only. RUN.json names the
modules of a torch.nn.Sequential, its input and the expected output. Where the state loads into it and gives that output
to 1e-5, one step of SGD is taken, and the state after it is written to ANSWER.pt together with the output then.
"""
import collections
import json
import sys

import torch


def build(layers):
    return torch.nn.Sequential(*(getattr(torch.nn, kind)(*args) for kind, args in layers))


def main(checkpoint, run, answer):
    with open(run, encoding="utf-8") as file:
        run = json.load(file)
    state = torch.load(checkpoint, weights_only=True)
    assert isinstance(state, collections.OrderedDict), type(state)
    model = build(run["layers"])
    model.load_state_dict(state)
    x = torch.tensor(run["input"]).reshape(run["input_shape"])
    expected = torch.tensor(run["output"]).reshape(run["output_shape"])

    model.eval()
    difference = (model(x) - expected).abs().max().item()
    assert difference <= 1e-5, f"outputs differ by {difference}"

    model.train()
    model(x).square().mean().backward()
    torch.optim.SGD(model.parameters(), lr=0.1).step()
    model.eval()
    torch.save({"model": model.state_dict(), "output": model(x).detach()}, answer)
    print(f"max difference {difference}")


main(*sys.argv[1:])
