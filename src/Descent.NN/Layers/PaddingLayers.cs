using Descent.Tensors;

namespace Descent.NN;

/// <summary>Something around the last one, two or three dimensions; negative numbers crop.</summary>
public abstract class PaddingLayer : Module
{
    readonly int _rank;
    readonly int[] _sides;
    readonly PaddingMode _mode;
    readonly double _value;

    private protected PaddingLayer(int rank, ReadOnlySpan<int> padding, PaddingMode mode, double value = 0)
    {
        if (padding.Length != 1 && padding.Length != 2 * rank)
            throw new ArgumentException($"{GetType().Name}: {padding.Length} numbers were given; expected one for all sides, or {2 * rank}: " +
                "before and after the last dimension, then the one before it, and so on.");
        (_rank, _sides, _mode, _value) = (rank, padding.ToArray(), mode, value);
        if (_sides.Length == 1) _sides = [.. Enumerable.Repeat(_sides[0], 2 * rank)];
    }

    /// <param name="x">Shape <c>(N, C, …)</c> or <c>(C, …)</c>.</param>
    /// <returns>The same with wider spatial dimensions.</returns>
    /// <exception cref="ShapeException">The rank does not fit, or the sides exceed what the mode can give.</exception>
    public sealed override Tensor Forward(Tensor x)
    {
        if (x.Rank != _rank + 1 && x.Rank != _rank + 2)
            throw new ShapeException($"{GetType().Name}: the input is {x.Shape}; expected {_rank} spatial dimension(s) after channels, with or without a batch.");
        return Observed(F.Pad(x, _sides, _mode, _value));
    }
}

/// <summary>Zeros around sequences <c>(N, C, L)</c> or <c>(C, L)</c>.</summary>
/// <param name="padding">So many on all sides, or left, right.</param>
public sealed class ZeroPad1d(params ReadOnlySpan<int> padding) : PaddingLayer(1, padding, PaddingMode.Constant);

/// <summary>Zeros around images <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</summary>
/// <param name="padding">So many on all sides, or left, right, top, bottom.</param>
public sealed class ZeroPad2d(params ReadOnlySpan<int> padding) : PaddingLayer(2, padding, PaddingMode.Constant);

/// <summary>Zeros around volumes <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</summary>
/// <param name="padding">So many on all sides, or left, right, top, bottom, front, back.</param>
public sealed class ZeroPad3d(params ReadOnlySpan<int> padding) : PaddingLayer(3, padding, PaddingMode.Constant);

/// <summary>One number around sequences <c>(N, C, L)</c> or <c>(C, L)</c>.</summary>
/// <param name="padding">So many on all sides, or left, right.</param>
/// <param name="value">The number.</param>
public sealed class ConstantPad1d(ReadOnlySpan<int> padding, double value) : PaddingLayer(1, padding, PaddingMode.Constant, value);

/// <summary>One number around images <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</summary>
/// <param name="padding">So many on all sides, or left, right, top, bottom.</param>
/// <param name="value">The number.</param>
public sealed class ConstantPad2d(ReadOnlySpan<int> padding, double value) : PaddingLayer(2, padding, PaddingMode.Constant, value);

/// <summary>One number around volumes <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</summary>
/// <param name="padding">So many on all sides, or left, right, top, bottom, front, back.</param>
/// <param name="value">The number.</param>
public sealed class ConstantPad3d(ReadOnlySpan<int> padding, double value) : PaddingLayer(3, padding, PaddingMode.Constant, value);

/// <summary>The mirror image, without the edge itself, around sequences <c>(N, C, L)</c> or <c>(C, L)</c>.</summary>
/// <param name="padding">So many on all sides, or left, right.</param>
public sealed class ReflectionPad1d(params ReadOnlySpan<int> padding) : PaddingLayer(1, padding, PaddingMode.Reflect);

/// <summary>The mirror image, without the edge itself, around images <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</summary>
/// <param name="padding">So many on all sides, or left, right, top, bottom.</param>
public sealed class ReflectionPad2d(params ReadOnlySpan<int> padding) : PaddingLayer(2, padding, PaddingMode.Reflect);

/// <summary>The mirror image, without the edge itself, around volumes <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</summary>
/// <param name="padding">So many on all sides, or left, right, top, bottom, front, back.</param>
public sealed class ReflectionPad3d(params ReadOnlySpan<int> padding) : PaddingLayer(3, padding, PaddingMode.Reflect);

/// <summary>The edge, repeated, around sequences <c>(N, C, L)</c> or <c>(C, L)</c>.</summary>
/// <param name="padding">So many on all sides, or left, right.</param>
public sealed class ReplicationPad1d(params ReadOnlySpan<int> padding) : PaddingLayer(1, padding, PaddingMode.Replicate);

/// <summary>The edge, repeated, around images <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</summary>
/// <param name="padding">So many on all sides, or left, right, top, bottom.</param>
public sealed class ReplicationPad2d(params ReadOnlySpan<int> padding) : PaddingLayer(2, padding, PaddingMode.Replicate);

/// <summary>The edge, repeated, around volumes <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</summary>
/// <param name="padding">So many on all sides, or left, right, top, bottom, front, back.</param>
public sealed class ReplicationPad3d(params ReadOnlySpan<int> padding) : PaddingLayer(3, padding, PaddingMode.Replicate);

/// <summary>The other end around sequences <c>(N, C, L)</c> or <c>(C, L)</c>.</summary>
/// <param name="padding">So many on all sides, or left, right.</param>
public sealed class CircularPad1d(params ReadOnlySpan<int> padding) : PaddingLayer(1, padding, PaddingMode.Circular);

/// <summary>The other end around images <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</summary>
/// <param name="padding">So many on all sides, or left, right, top, bottom.</param>
public sealed class CircularPad2d(params ReadOnlySpan<int> padding) : PaddingLayer(2, padding, PaddingMode.Circular);

/// <summary>The other end around volumes <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</summary>
/// <param name="padding">So many on all sides, or left, right, top, bottom, front, back.</param>
public sealed class CircularPad3d(params ReadOnlySpan<int> padding) : PaddingLayer(3, padding, PaddingMode.Circular);
