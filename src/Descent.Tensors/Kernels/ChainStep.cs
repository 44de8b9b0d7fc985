using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>One elementwise function of a chain, over a block of elements.</summary>
/// <param name="arity">The number of operands, 1 or 2.</param>
abstract unsafe class ChainStep(int arity)
{
    internal int Arity => arity;

    /// <summary>The same for steps that differ in their numbers alone.</summary>
    internal abstract int Kind { get; }

    /// <summary>Whether an element costs much more than reading it.</summary>
    internal virtual bool IsHeavy => false;

    /// <summary>Which machine code does the same, if any does.</summary>
    internal virtual ChainOp Op => ChainOp.None;

    /// <summary>The number that the machine code depends on.</summary>
    internal virtual double Parameter => 0;

    /// <summary>Whether an operand may be one element instead of a block of them.</summary>
    internal virtual bool TakesSingle => false;

    /// <summary>y[i] = f(a[i], b[i]); y may be the memory of an operand.</summary>
    /// <param name="operands">The operands.</param>
    /// <param name="y">The result.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="single">Bit k is set where operand k is one element that repeats.</param>
    internal abstract void Run(byte** operands, byte* y, int count, int single);

    static int s_kinds;

    /// <summary>A number for a type of steps.</summary>
    private protected static int NewKind() => Interlocked.Increment(ref s_kinds);
}

/// <summary>A function of two numbers as a step.</summary>
sealed unsafe class ZipStep<T, F>() : ChainStep(2) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IBinaryKernel
{
    static readonly int s_kind = NewKind();

    internal static readonly ZipStep<T, F> Instance = new();

    internal override int Kind => s_kind;

    internal override ChainOp Op { get; } = ChainOps.Of<T, F>();

    internal override bool TakesSingle => true;

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
sealed unsafe class MapStep<T, F>() : ChainStep(1) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IUnaryKernel
{
    static readonly int s_kind = NewKind();

    internal static readonly MapStep<T, F> Instance = new();

    internal override int Kind => s_kind;

    internal override ChainOp Op { get; } = ChainOps.Of<T, F>();

    internal override bool IsHeavy => true;

    internal override void Run(byte** operands, byte* y, int count, int single) =>
        F.Invoke(new ReadOnlySpan<T>(operands[0], count), new Span<T>(y, count));
}

/// <summary>A function of one number of any type as a step.</summary>
sealed unsafe class NumberStep<T, F>() : ChainStep(1) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, INumberUnaryKernel
{
    static readonly int s_kind = NewKind();

    internal static readonly NumberStep<T, F> Instance = new();

    internal override int Kind => s_kind;

    internal override ChainOp Op { get; } = ChainOps.Of<T, F>();

    internal override void Run(byte** operands, byte* y, int count, int single) =>
        F.Invoke(new ReadOnlySpan<T>(operands[0], count), new Span<T>(y, count));
}

/// <summary>An activation as a step.</summary>
sealed unsafe class ActivationStep<T, F>(F function) : ChainStep(1) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IActivation
{
    static readonly int s_kind = NewKind();

    static readonly ActivationStep<T, F> s_default = new(default);

    /// <summary>The step of a function; those without numbers share one.</summary>
    internal static ActivationStep<T, F> Of(F function) => Unsafe.SizeOf<F>() == 1 ? s_default : new(function);

    internal override int Kind => s_kind;

    internal override ChainOp Op { get; } = ChainOps.Of<T, F>();

    internal override double Parameter => function is SwishActivation swish ? swish.Scale : 0;

    internal override bool IsHeavy => true;

    internal override void Run(byte** operands, byte* y, int count, int single) => ActivationLoops.Map(function, (T*)operands[0], (T*)y, count);
}

/// <summary>The gradient of an activation as a step, from what its slope is a formula of and the gradient above.</summary>
sealed unsafe class SlopeStep<T, F>(F function) : ChainStep(2) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, ISlope
{
    static readonly int s_kind = NewKind();

    static readonly SlopeStep<T, F> s_default = new(default);

    /// <summary>The step of a function; those without numbers share one.</summary>
    internal static SlopeStep<T, F> Of(F function) => Unsafe.SizeOf<F>() == 1 ? s_default : new(function);

    internal override int Kind => s_kind;

    internal override ChainOp Op { get; } = ChainOps.SlopeOf<T, F>();

    internal override double Parameter => function is SwishActivation swish ? swish.Scale : 0;

    internal override bool IsHeavy => true;

    internal override void Run(byte** operands, byte* y, int count, int single) =>
        ActivationLoops.Gradient(function, (T*)operands[0], (T*)operands[1], (T*)y, count);
}
