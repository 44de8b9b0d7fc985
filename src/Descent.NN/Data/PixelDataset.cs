using Descent.Tensors;

namespace Descent.NN;

/// <summary>
/// Pictures kept as bytes, with a class each. They become float32 when they are asked for, which takes a quarter of the
/// memory that a <see cref="TensorDataset"/> of them would.
/// </summary>
public sealed class PixelDataset : IDataset<Example>, IGather<Example>
{
    readonly float[] _levels = new float[256];

    /// <param name="pixels">Pictures, <c>(count, C, H, W)</c>, UInt8.</param>
    /// <param name="targets">Classes, <c>(count)</c>, Int64.</param>
    /// <param name="mean">Subtracted from the pixels of [0, 1].</param>
    /// <param name="std">Divides what is left.</param>
    /// <exception cref="ShapeException">The shapes or types are others.</exception>
    public PixelDataset(Tensor pixels, Tensor targets, float mean = 0, float std = 1)
    {
        if (pixels.Rank != 4 || pixels.DType != DType.UInt8 || targets.Rank != 1 || targets.DType != DType.Int64 || pixels.Shape[0] != targets.Shape[0])
            throw new ShapeException($"PixelDataset: {pixels.Shape} of {pixels.DType} and {targets.Shape} of {targets.DType}. Expected pixels (count, C, H, W) of UInt8 and targets (count) of Int64.");
        (Pixels, Targets) = (pixels.Contiguous(), targets.Contiguous());
        for (int i = 0; i < _levels.Length; i++) _levels[i] = (i / 255f - mean) / std;
    }

    /// <summary>All pictures, <c>(count, C, H, W)</c>, UInt8.</summary>
    public Tensor Pixels { get; }

    /// <summary>All classes, <c>(count)</c>.</summary>
    public Tensor Targets { get; }

    /// <inheritdoc/>
    public int Count => Pixels.Shape[0];

    /// <summary>One picture, <c>(C, H, W)</c>, Float32, and its class.</summary>
    public Example this[int index] => new(ToFloat(Pixels.Select(0, index)), Targets.Select(0, index));

    bool IGather<Example>.CanGather => true;

    Example IGather<Example>.Gather(ReadOnlySpan<int> indices, int epoch) => new(ToFloat(Rows.Gather(Pixels, indices)), Rows.Gather(Targets, indices));

    Tensor ToFloat(Tensor pixels)
    {
        var y = Tensor.Empty(pixels.Shape, DType.Float32);
        ReadOnlySpan<byte> from = pixels.AsSpan<byte>();
        var to = y.AsSpan<float>();
        for (int i = 0; i < to.Length; i++) to[i] = _levels[from[i]];
        GC.KeepAlive(pixels);
        GC.KeepAlive(y);
        return y;
    }
}
