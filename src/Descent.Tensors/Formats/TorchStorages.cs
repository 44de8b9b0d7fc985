namespace Descent.Tensors.Formats;

/// <summary>The storages of a checkpoint being written: each whole and once, however many tensors view it, as PyTorch has it.</summary>
sealed class TorchStorages
{
    readonly OrderedDictionary<(Storage, DType), Tensor> _all = [];

    /// <summary>The elements of every storage; the place is the key.</summary>
    internal IReadOnlyList<Tensor> All => _all.Values;

    /// <summary>Where a tensor lies; one whose strides PyTorch does not have, negative ones, is copied first.</summary>
    internal (int Key, Tensor Elements) Place(ref Tensor x)
    {
        foreach (int stride in x.Strides)
        {
            if (stride >= 0) continue;
            var copy = Tensor.Uninitialized(x.Shape, x.DType);
            Copying.CopyInto(copy, x);
            x = copy;
            break;
        }
        var storage = x.Storage;
        _all.TryAdd((storage, x.DType), new(storage, new((int)(storage.ByteLength / x.DType.Size)), null, 0, x.DType));
        int key = _all.IndexOf((storage, x.DType));
        return (key, _all.GetAt(key).Value);
    }
}
