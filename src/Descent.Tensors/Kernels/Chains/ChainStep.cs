using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors.Kernels;

/// <summary>One elementwise function of a chain, over a block of elements.</summary>
/// <param name="arity">The number of operands, 1 or 2.</param>
/// <param name="kind">The same for steps that differ in their numbers alone.</param>
/// <param name="op">Which machine code does the same, if any does.</param>
abstract unsafe class ChainStep(int arity, int kind, ChainOp op)
{
    internal int Arity { get; } = arity;

    /// <summary>The same for steps that differ in their numbers alone.</summary>
    internal int Kind { get; } = kind;

    /// <summary>Which machine code does the same, if any does.</summary>
    internal ChainOp Op { get; } = op;

    /// <summary>The number that the machine code depends on.</summary>
    internal double Parameter { get; private protected init; }

    /// <summary>Whether an element costs much more than reading it.</summary>
    internal bool IsHeavy { get; private protected init; }

    /// <summary>Whether an operand may be one element instead of a block of them.</summary>
    internal bool TakesSingle { get; private protected init; }

    /// <summary>y[i] = f(a[i], b[i]); y may be the memory of an operand.</summary>
    /// <param name="operands">The operands.</param>
    /// <param name="y">The result.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="single">Bit k is set where operand k is one element that repeats.</param>
    internal abstract void Run(byte** operands, byte* y, int count, int single);

    static int s_kinds;

    /// <summary>A number for a type of steps.</summary>
    private protected static int NewKind() => Interlocked.Increment(ref s_kinds);

    /// <summary>Whether two functions have the same numbers, as far as their bytes tell.</summary>
    private protected static bool AreSame<F>(ref F a, ref F b) where F : struct => Unsafe.SizeOf<F>() == 1
        || MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<F, byte>(ref a), Unsafe.SizeOf<F>())
            .SequenceEqual(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<F, byte>(ref b), Unsafe.SizeOf<F>()));
}

/// <summary>A function of two numbers as a step.</summary>
sealed unsafe class ZipStep<T, F> : ChainStep where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IBinaryKernel
{
    static readonly int s_kind = NewKind();

    internal static readonly ZipStep<T, F> Instance = new();

    ZipStep() : base(2, s_kind, ChainOps.Of<T, F>()) => TakesSingle = true;

    internal override void Run(byte** operands, byte* y, int count, int single)
    {
        byte* a = operands[0], b = operands[1];
        var result = new Span<T>(y, count);
        if (single == 0) F.Invoke(new ReadOnlySpan<T>(a, count), new ReadOnlySpan<T>(b, count), result);
        else if (single == 2) F.Invoke(new ReadOnlySpan<T>(a, count), *(T*)b, result);
        else if (single == 1) F.Invoke(*(T*)a, new ReadOnlySpan<T>(b, count), result);
        else
        {
            F.Invoke(new ReadOnlySpan<T>(a, 1), new ReadOnlySpan<T>(b, 1), result[..1]);
            result.Fill(result[0]);
        }
    }
}

/// <summary>A function of one floating number as a step.</summary>
sealed unsafe class MapStep<T, F> : ChainStep where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IUnaryKernel
{
    static readonly int s_kind = NewKind();

    internal static readonly MapStep<T, F> Instance = new();

    MapStep() : base(1, s_kind, ChainOps.Of<T, F>()) => IsHeavy = true;

    internal override void Run(byte** operands, byte* y, int count, int single) =>
        F.Invoke(new ReadOnlySpan<T>(operands[0], count), new Span<T>(y, count));
}

/// <summary>A function of one number of any type as a step.</summary>
sealed unsafe class NumberStep<T, F> : ChainStep where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, INumberUnaryKernel
{
    static readonly int s_kind = NewKind();

    internal static readonly NumberStep<T, F> Instance = new();

    NumberStep() : base(1, s_kind, ChainOps.Of<T, F>())
    {
    }

    internal override void Run(byte** operands, byte* y, int count, int single) =>
        F.Invoke(new ReadOnlySpan<T>(operands[0], count), new Span<T>(y, count));
}

/// <summary>An activation as a step.</summary>
sealed unsafe class ActivationStep<T, F> : ChainStep where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IActivation
{
    static readonly int s_kind = NewKind();

    static readonly ChainOp s_op = ChainOps.Of<T, F>();

    static ActivationStep<T, F> s_last = new(default);

    /// <summary>The step of a function, the last one again where it has the same numbers.</summary>
    internal static ActivationStep<T, F> Of(F function)
    {
        var last = s_last;
        return AreSame(ref last._function, ref function) ? last : s_last = new(function);
    }

    F _function;

    ActivationStep(F function) : base(1, s_kind, s_op) =>
        (_function, IsHeavy, Parameter) = (function, true, function is SwishActivation swish ? swish.Scale : 0);

    internal override void Run(byte** operands, byte* y, int count, int single) => ActivationLoops.Map(_function, (T*)operands[0], (T*)y, count);
}

/// <summary>The gradient of an activation as a step, from what its slope is a formula of and the gradient above.</summary>
sealed unsafe class SlopeStep<T, F> : ChainStep where T : unmanaged, IFloatingPointIeee754<T> where F : struct, ISlope
{
    static readonly int s_kind = NewKind();

    static readonly ChainOp s_op = ChainOps.SlopeOf<T, F>();

    static SlopeStep<T, F> s_last = new(default);

    /// <summary>The step of a function, the last one again where it has the same numbers.</summary>
    internal static SlopeStep<T, F> Of(F function)
    {
        var last = s_last;
        return AreSame(ref last._function, ref function) ? last : s_last = new(function);
    }

    F _function;

    SlopeStep(F function) : base(2, s_kind, s_op) =>
        (_function, IsHeavy, Parameter) = (function, true, function is SwishActivation swish ? swish.Scale : 0);

    internal override void Run(byte** operands, byte* y, int count, int single) =>
        ActivationLoops.Gradient(_function, (T*)operands[0], (T*)operands[1], (T*)y, count);
}
