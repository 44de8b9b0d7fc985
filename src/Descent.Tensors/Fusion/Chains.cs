using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Puts elementwise operations off until their result is used, so that a chain of them runs as one.</summary>
static unsafe class Chains
{
    /// <summary>Below this the operation itself is faster than keeping a note of it.</summary>
    internal static int LeastElements { get; set; } = 512;

    /// <summary>Whether an operation of so many elements may be put off.</summary>
    internal static bool Take(int elements, DType type) => elements >= LeastElements && type is DType.Float32 or DType.Float64 && Numerics.Fusion
        && !OperationTrace.IsOn && OperationProfile.Current is null && !Anomaly.IsDetecting;

    /// <summary>A number as an operand.</summary>
    internal static ChainOperand Number(Scalar number, DType type) =>
        new(type == DType.Float32 ? BitConverter.SingleToInt32Bits(number.To<float>()) : BitConverter.DoubleToInt64Bits(number.To<double>()));

    /// <summary>
    /// A tensor as an operand of a result of a shape, if it lies in memory as the result does, or repeats along leading or
    /// trailing dimensions. The operand is held, for the result or <see cref="Drop"/> to release.
    /// </summary>
    static bool TryHold(Tensor x, Shape shape, int elements, out ChainOperand operand)
    {
        if (x.IsContiguous && (x.Shape == shape || x.Elements == elements))
        {
            operand = new(Hold(x, isWhole: x.Offset == 0, elements), x.Offset, elements, 1);
            return true;
        }
        if (x.Elements == 1)
        {
            operand = new(Hold(x, isWhole: false, elements), x.Offset, 1, 1);
            return true;
        }
        var (period, repeat) = Repetition(x, shape);
        operand = period > 0 ? new(Hold(x, isWhole: false, elements), x.Offset, period, repeat) : default;
        return period > 0;
    }

    /// <summary>The value of a tensor; one that is pending is run first where it is not of this length throughout.</summary>
    static ChainValue Hold(Tensor x, bool isWhole, int elements)
    {
        var value = x.Storage.Hold(x.DType);
        if (value.IsPending && !(isWhole && value.Length == elements)) ChainRun.Run(value);
        return value;
    }

    /// <summary>How a tensor repeats within a shape: each element so often in a row, then so many elements again and again.</summary>
    static (int Period, int Repeat) Repetition(Tensor x, Shape shape)
    {
        var strides = x.StrideArray;
        int repeat = 1, period = 1, stage = 0;
        for (int i = 1; i <= shape.Rank; i++)
        {
            int size = shape[^i];
            if (size == 1) continue;
            int stride = i > x.Rank || x.Shape[^i] == 1 ? 0 : strides[^i];
            if (stride == 0)
            {
                if (stage == 0) repeat *= size;
                else stage = 2;
            }
            else
            {
                if (stage == 2 || stride != period) return default;
                stage = 1;
                period *= size;
            }
        }
        return (period, repeat);
    }

    /// <summary>
    /// Whether what reads a tensor must run at once: somebody may change it unseen, or it is a small part of its memory, all of
    /// which would have to be copied where a result that nobody asks for any more still waits to read it.
    /// </summary>
    static bool IsReadAtOnce(Tensor x, int elements) =>
        x.Storage.IsExposed || x.Storage.ByteLength > (long)MostOfStorage * elements * x.DType.Size;

    /// <summary>Elements of a storage to one of the result up to which it is read later.</summary>
    const int MostOfStorage = 4;

    /// <summary>Gives up operands that no result was made of.</summary>
    static void Drop(in ChainOperand operand) => operand.Source?.Release();

    /// <summary>The result of a step, computed when it is used; at once where somebody may change an operand unseen.</summary>
    static Tensor Result(ChainStep step, in ChainOperands operands, Shape shape, int elements, DType type)
    {
        var value = Value(step, operands, elements, type);
        return new(Storage.Awaiting(value, (long)elements * type.Size), shape, null, 0, type);
    }

    /// <summary>A value to be computed, after what would make its chain too long.</summary>
    static ChainValue Value(ChainStep step, in ChainOperands operands, int length, DType type)
    {
        while (true)
        {
            int nodes = 1, leaves = 0;
            ChainValue? longest = null;
            foreach (ref readonly var operand in operands)
            {
                if (operand.Source is not { } source) continue;
                if (!source.IsPending) leaves++;
                else
                {
                    nodes += source.Nodes;
                    leaves += source.Leaves;
                    if (longest is null || source.Nodes > longest.Nodes) longest = source;
                }
            }
            if (longest is null || (nodes <= ChainRun.MostNodes && leaves <= ChainRun.MostLeaves)) return new(type, length, step, operands, nodes, leaves);
            ChainRun.Run(longest);
        }
    }

    /// <summary>y = f(a, b) of one type, or null where the operands' layout asks for the loops of strided tensors.</summary>
    internal static Tensor? Zip(ChainStep step, Tensor a, Tensor b, Shape shape, int elements)
    {
        ChainOperands operands = default;
        if (!TryHold(a, shape, elements, out operands[0])) return null;
        if (!TryHold(b, shape, elements, out operands[1]))
        {
            Drop(operands[0]);
            return null;
        }
        return Finish(Result(step, operands, shape, elements, a.DType), IsReadAtOnce(a, elements) || IsReadAtOnce(b, elements));
    }

    /// <summary>y = f(x, number), or f(number, x).</summary>
    internal static Tensor? Zip(ChainStep step, Tensor x, Scalar number, bool left, int elements)
    {
        ChainOperands operands = default;
        int place = left ? 1 : 0;
        if (!TryHold(x, x.Shape, elements, out operands[place])) return null;
        operands[1 - place] = Number(number, x.DType);
        return Finish(Result(step, operands, x.Shape, elements, x.DType), IsReadAtOnce(x, elements));
    }

    /// <summary>y = f(x).</summary>
    internal static Tensor? Map(ChainStep step, Tensor x, int elements)
    {
        ChainOperands operands = default;
        if (!TryHold(x, x.Shape, elements, out operands[0])) return null;
        return Finish(Result(step, operands, x.Shape, elements, x.DType), IsReadAtOnce(x, elements));
    }

    static Tensor Finish(Tensor y, bool atOnce)
    {
        if (atOnce) y.Storage.Settle();
        return y;
    }

    /// <summary>Folds rows of a tensor whose elements have yet to be computed, without storing these; false where they are best stored.</summary>
    internal static bool TryFold<F>(Tensor x, Tensor y, int outer, int n) where F : struct, IFold
    {
        if (x.Offset != 0 || x.Storage.Pending is not { } value || value.Length != x.Elements) return false;
        fixed (float* folded = y.AsSpan<float>()) return ChainRun.TryFold(value, ChainFold<F>.Instance, folded, outer, n);
    }

    /// <summary>Whether an in-place operation on this tensor may give its storage a new value instead.</summary>
    internal static bool TakeInPlace(Tensor x) => Take(x.Elements, x.DType) && x.IsContiguous && x.Storage.IsReplaceable
        && x.Storage.ByteLength == (long)x.Elements * x.DType.Size;

    /// <summary>x = f(x, b) of one type; false where it has to be done otherwise.</summary>
    internal static bool TryZipInto(ChainStep step, Tensor x, Tensor b)
    {
        int elements = x.Elements;
        if (IsReadAtOnce(b, elements)) return false;
        ChainOperands operands = default;
        if (!TryHold(x, x.Shape, elements, out operands[0])) return false;
        if (!TryHold(b, x.Shape, elements, out operands[1]))
        {
            Drop(operands[0]);
            return false;
        }
        x.Storage.Replace(Value(step, operands, x.Elements, x.DType));
        return true;
    }

    /// <summary>x = f(x, number).</summary>
    internal static void ZipInto(ChainStep step, Tensor x, Scalar number)
    {
        ChainOperands operands = default;
        TryHold(x, x.Shape, x.Elements, out operands[0]);
        operands[1] = Number(number, x.DType);
        x.Storage.Replace(Value(step, operands, x.Elements, x.DType));
    }

    /// <summary>x = f(x).</summary>
    internal static void MapInto(ChainStep step, Tensor x)
    {
        ChainOperands operands = default;
        TryHold(x, x.Shape, x.Elements, out operands[0]);
        x.Storage.Replace(Value(step, operands, x.Elements, x.DType));
    }
}
