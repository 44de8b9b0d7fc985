namespace Descent.Tensors.Formats;

/// <summary>The elements that several tensors of a checkpoint may share.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">The elements' type, or null for plain bytes whose type each tensor tells.</param>
/// <param name="Elements">A tensor of one dimension over all of them; filled before the checkpoint is handed out.</param>
sealed record TorchStorage(string Key, StoredType? Type, Tensor Elements)
{
    /// <summary>A view with strides, after checking that it stays inside.</summary>
    internal Tensor View(long start, object?[] sizes, object?[] strides, Func<string, InvalidDataException> bad)
    {
        if (sizes.Length != strides.Length || sizes.Length > 64) throw bad($"a tensor has {sizes.Length} sizes and {strides.Length} strides.");
        var dims = new int[sizes.Length];
        var steps = new int[sizes.Length];
        Int128 count = 1, last = start;
        for (int i = 0; i < dims.Length; i++)
        {
            if (sizes[i] is not long size || strides[i] is not long stride || size is < 0 or > int.MaxValue || stride < 0)
                throw bad("a size or a stride of a tensor is no integer from 0 on.");
            dims[i] = (int)size;
            // A dimension of one element is never stepped, whatever its stride.
            steps[i] = stride <= int.MaxValue ? (int)stride : size <= 1 ? 1 : throw bad($"a stride is {stride}.");
            last += size > 1 ? (Int128)(size - 1) * stride : 0;
        }
        if (dims.Contains(0)) (count, last) = (0, start - 1);
        foreach (int d in dims)
        {
            count *= d;
            if (count > int.MaxValue) throw bad($"a tensor has more than {int.MaxValue} elements.");
        }
        if (start < 0 || start > Elements.Elements || last >= Elements.Elements)
            throw bad($"a tensor of shape ({string.Join(", ", dims)}) reaches from element {start} to {last} of a storage of {Elements.Elements}.");
        var shape = new Shape(dims);
        return new(Elements.Storage, shape, Tensor.Normalize(shape, steps), (int)start, Elements.DType);
    }
}
