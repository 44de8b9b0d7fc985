"""Reads a checkpoint of Descent's that holds one tensor of every type, views of one storage and plain values, with
PyTorch, and checks each; then writes what it read to ANSWER.pt.

usage: torch_values.py CHECKPOINT.pt ANSWER.pt
"""
import sys

import torch


def main(checkpoint, answer):
    read = torch.load(checkpoint)
    for name in ["float32", "float64", "float16", "bfloat16", "int64", "int32", "int8", "uint8", "bool"]:
        x = read["types"][name]
        dtype = getattr(torch, name)
        assert x.dtype == dtype, (name, x.dtype)
        assert x.tolist() == torch.tensor([[1, 0, 1], [0, 1, 1]]).to(dtype).tolist(), (name, x)

    base, transposed, row, wide = (read["views"][name] for name in ["base", "transposed", "row", "wide"])
    assert base.tolist() == torch.arange(12.0).reshape(3, 4).tolist()
    assert transposed.stride() == (1, 4) and torch.equal(transposed, base.T)
    assert wide.stride() == (0, 1) and wide.shape == (5, 4)
    base[1, 0] = -7
    assert row[0] == -7 and wide[4, 0] == -7 and transposed[0, 1] == -7, "the storage is not shared"
    base[1, 0] = 4
    assert read["views"]["flipped"].tolist() == [3.0, 2.0, 1.0, 0.0]
    assert read["views"]["empty"].shape == (0, 3) and read["views"]["number"].item() == 2.5

    assert read["plain"] == [1, -1, 70000, 1 << 40, 1 << 70, 0.1, True, False, None, "häß", b"\x00\xff", (1, ("a",)), {"k": [], 2: {}}], read["plain"]
    assert read["dtype"] is torch.bfloat16
    torch.save(read, answer)


main(*sys.argv[1:])
