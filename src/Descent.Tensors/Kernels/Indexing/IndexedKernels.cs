using System.Numerics;
using System.Numerics.Tensors;

namespace Descent.Tensors.Kernels;

/// <summary>
/// What happens between an element that an index points at and the element beside the index. Moves of bits are run on
/// an integer type of the element's size.
/// </summary>
interface IIndexedKernel
{
    static abstract void Invoke<T>(ref T indexed, ref T plain) where T : unmanaged, INumber<T>;

    /// <summary>The same for rows of one length.</summary>
    static abstract void Invoke<T>(Span<T> indexed, Span<T> plain) where T : unmanaged, INumber<T>;
}

/// <summary>Reads: plain = indexed.</summary>
readonly struct FetchKernel : IIndexedKernel
{
    public static void Invoke<T>(ref T indexed, ref T plain) where T : unmanaged, INumber<T> => plain = indexed;
    public static void Invoke<T>(Span<T> indexed, Span<T> plain) where T : unmanaged, INumber<T> => indexed.CopyTo(plain);
}

/// <summary>Writes: indexed = plain.</summary>
readonly struct PutKernel : IIndexedKernel
{
    public static void Invoke<T>(ref T indexed, ref T plain) where T : unmanaged, INumber<T> => indexed = plain;
    public static void Invoke<T>(Span<T> indexed, Span<T> plain) where T : unmanaged, INumber<T> => plain.CopyTo(indexed);
}

/// <summary>indexed += plain.</summary>
readonly struct AccumulateKernel : IIndexedKernel
{
    public static void Invoke<T>(ref T indexed, ref T plain) where T : unmanaged, INumber<T> => indexed += plain;
    public static void Invoke<T>(Span<T> indexed, Span<T> plain) where T : unmanaged, INumber<T> => TensorPrimitives.Add(indexed, plain, indexed);
}

/// <summary>indexed ·= plain.</summary>
readonly struct ScaleKernel : IIndexedKernel
{
    public static void Invoke<T>(ref T indexed, ref T plain) where T : unmanaged, INumber<T> => indexed *= plain;
    public static void Invoke<T>(Span<T> indexed, Span<T> plain) where T : unmanaged, INumber<T> => TensorPrimitives.Multiply(indexed, plain, indexed);
}

/// <summary>indexed = the greater; a NaN wins.</summary>
readonly struct RaiseKernel : IIndexedKernel
{
    public static void Invoke<T>(ref T indexed, ref T plain) where T : unmanaged, INumber<T> => indexed = T.Max(indexed, plain);
    public static void Invoke<T>(Span<T> indexed, Span<T> plain) where T : unmanaged, INumber<T> => TensorPrimitives.Max(indexed, plain, indexed);
}

/// <summary>indexed = the lesser; a NaN wins.</summary>
readonly struct LowerKernel : IIndexedKernel
{
    public static void Invoke<T>(ref T indexed, ref T plain) where T : unmanaged, INumber<T> => indexed = T.Min(indexed, plain);
    public static void Invoke<T>(Span<T> indexed, Span<T> plain) where T : unmanaged, INumber<T> => TensorPrimitives.Min(indexed, plain, indexed);
}
