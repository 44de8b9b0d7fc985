using Descent.Tensors;

namespace Descent.NN;

/// <summary>Sequences of several lengths as one tensor.</summary>
/// <param name="Values">The sequences, filled up to one length, <c>(N, length, …)</c>.</param>
/// <param name="Lengths">How long each is without the filling, <c>(N)</c>, Int64.</param>
/// <param name="Mask">True where an element is none of the filling, <c>(N, length)</c>.</param>
public sealed record PaddedBatch(Tensor Values, Tensor Lengths, Tensor Mask)
{
    internal static PaddedBatch Of(IReadOnlyList<Tensor> examples, Scalar value, bool left, int multipleOf)
    {
        if (examples.Count == 0) throw new ArgumentException("Pad: there are no examples; expected at least one.");
        var first = examples[0];
        int longest = 0;
        for (int i = 0; i < examples.Count; i++)
        {
            var x = examples[i];
            if (x.Rank == 0 || x.Rank != first.Rank || x.DType != first.DType || x.Shape[1..] != first.Shape[1..])
                throw new CollateException(i, $"Pad: the shape is {x.Shape} of {x.DType}, but the batch's first example is {first.Shape} of {first.DType}. " +
                    "Expected (length, …), where only the length differs.");
            longest = Math.Max(longest, x.Shape[0]);
        }
        int length = checked((longest + multipleOf - 1) / multipleOf * multipleOf);
        var values = Tensor.Full([examples.Count, length, .. first.Shape.AsSpan()[1..]], value, first.DType);
        var mask = Tensor.Zeros([examples.Count, length], DType.Bool);
        var lengths = new long[examples.Count];
        var to = values.AsBytes();
        var real = mask.AsSpan<bool>();
        int step = first.Shape[1..].Elements * first.DType.Size;
        for (int i = 0; i < lengths.Length; i++)
        {
            var x = examples[i].Detach().Contiguous();
            int own = x.Shape[0], start = i * length + (left ? length - own : 0);
            x.AsBytes().CopyTo(to[(start * step)..]);
            GC.KeepAlive(x);
            real.Slice(start, own).Fill(true);
            lengths[i] = own;
        }
        GC.KeepAlive(values);
        GC.KeepAlive(mask);
        return new(values, Tensor.From<long>(lengths), mask);
    }
}
