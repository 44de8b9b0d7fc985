using System.Runtime.CompilerServices;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>The rules of in-place operations, once for all of them.</summary>
static class InPlace
{
    /// <summary>
    /// Changes <paramref name="x"/> in place. Where gradients are recorded, x takes the place of the result of
    /// <paramref name="recorded"/> in the graph: its old value becomes an input, so what was computed from x before
    /// still leads to the old node.
    /// </summary>
    /// <param name="x">The tensor to change.</param>
    /// <param name="recorded">The same operation out of place, on the old value.</param>
    /// <param name="change">The operation itself.</param>
    /// <param name="operand">The other operand, or null.</param>
    /// <param name="source">A tensor of any shape whose values go into some elements of x, or null.</param>
    /// <param name="operation">The operation's name.</param>
    internal static Tensor Apply(Tensor x, Func<Tensor, Tensor> recorded, Action change, Tensor? operand = null, Tensor? source = null,
        [CallerMemberName] string operation = "") =>
        Apply(x, (recorded, change), static (old, s) => s.recorded(old), static (_, s) => s.change(), operand, source, operation);

    /// <summary>The same with the functions' state beside them, so that static ones need nothing captured.</summary>
    /// <inheritdoc cref="Apply(Tensor, Func{Tensor, Tensor}, Action, Tensor?, Tensor?, string)"/>
    internal static Tensor Apply<S>(Tensor x, S state, Func<Tensor, S, Tensor> recorded, Action<Tensor, S> change, Tensor? operand = null,
        Tensor? source = null, [CallerMemberName] string operation = "")
    {
        CheckTarget(x, operand, operation);
        if (IsRecorded(x, operand) || IsRecorded(x, source)) return Record(x, state, recorded, operation);
        change(x, state);
        x.Storage.Changed();
        return x;
    }

    /// <summary>In place where values of any shape, or none, go into some of x's elements.</summary>
    internal static Tensor Put(Tensor x, Tensor? source, Func<Tensor, Tensor> recorded, Action change, [CallerMemberName] string operation = "")
    {
        CheckTarget(x, null, operation);
        if (IsRecorded(x, source)) return Record(x, recorded, static (old, f) => f(old), operation);
        change();
        x.Storage.Changed();
        return x;
    }

    /// <summary>In place by way of a result beside it, for operations that are seldom on a hot path.</summary>
    internal static Tensor Apply<S>(Tensor x, S state, Func<Tensor, S, Tensor> computed, Tensor? operand = null, [CallerMemberName] string operation = "")
    {
        CheckTarget(x, operand, operation);
        if (IsRecorded(x, operand)) return Record(x, state, computed, operation);
        Copying.CopyInto(x, Fitting(x, computed(x, state), operation));
        x.Storage.Changed();
        return x;
    }

    /// <summary>x = f(x, b), within x's memory where the type computes there.</summary>
    internal static Tensor Zip<F>(Tensor x, Tensor b, Func<Tensor, Tensor, Tensor> computed, bool floating = false, [CallerMemberName] string operation = "")
        where F : struct, IBinaryKernel
    {
        CheckTarget(x, b, operation, floating);
        if (IsRecorded(x, b)) return Record(x, b, computed, operation);
        if (x.DType.IsReduced || x.DType == DType.Bool) Copying.CopyInto(x, computed(x, b));
        else
        {
            if (b.DType != x.DType) b = b.To(x.DType);
            // Another layout of the same memory would be read after it was written.
            if (ReferenceEquals(x.Storage, b.Storage) && !SameLayout(x, b)) b = b.Clone();
            if (!Chains.TakeInPlace(x) || !Chains.TryZipInto(Pointwise.StepOf<F>(x.DType), x, b)) Pointwise.ZipInto<F>(x, x, b, operation);
        }
        x.Storage.Changed();
        return x;
    }

    /// <summary>x = f(x, number).</summary>
    internal static Tensor Zip<F>(Tensor x, Scalar number, Func<Tensor, Scalar, Tensor> computed, bool floating = false, [CallerMemberName] string operation = "")
        where F : struct, IBinaryKernel
    {
        CheckTarget(x, null, operation);
        var category = floating ? DType.Float32 : number.DType;
        if (!x.DType.IsFloatingPoint && category.IsFloatingPoint) ThrowNoFit(x, category, operation);
        if (IsRecorded(x)) return Record(x, number, computed, operation);
        if (!x.IsContiguous || x.DType.IsReduced || x.DType == DType.Bool) Copying.CopyInto(x, Fitting(x, computed(x, number), operation));
        else if (Chains.TakeInPlace(x)) Chains.ZipInto(Pointwise.StepOf<F>(x.DType), x, number);
        else Pointwise.ZipInto<F>(x, x, number, operation: operation);
        x.Storage.Changed();
        return x;
    }

    /// <summary>x = f(x) of a floating tensor.</summary>
    internal static Tensor Map<F>(Tensor x, Func<Tensor, Tensor> computed, [CallerMemberName] string operation = "") where F : struct, IUnaryKernel
    {
        CheckTarget(x, null, operation);
        if (IsRecorded(x)) return Record(x, computed, static (old, f) => f(old), operation);
        if (Chains.TakeInPlace(x) && Pointwise.StepOfMap<F>(x.DType) is { } step) Chains.MapInto(step, x);
        else if (x.IsContiguous && x.DType == DType.Float32) Elementwise.Map<float, F>(x.AsSpan<float>(), x.AsSpan<float>());
        else if (x.IsContiguous && x.DType == DType.Float64) Elementwise.Map<double, F>(x.AsSpan<double>(), x.AsSpan<double>());
        else Copying.CopyInto(x, Fitting(x, computed(x), operation));
        x.Storage.Changed();
        GC.KeepAlive(x);
        return x;
    }

    /// <summary>Whether the tape or a trace has to know of the change.</summary>
    internal static bool IsRecorded(Tensor x, Tensor? operand = null) =>
        Autograd.Wants(x, operand ?? x) || OperationTrace.Knows(x) || OperationTrace.Knows(operand);

    static Tensor Record<S>(Tensor x, S state, Func<Tensor, S, Tensor> recorded, string operation)
    {
        if (x.IsLeaf && x.RequiresGrad)
            throw new InvalidOperationException($"{operation}: a leaf that requires gradients cannot be changed in place while recording. Use Autograd.NoGrad(), or work on a clone.");
        if (x.ViewOf is not null)
            throw new InvalidOperationException($"{operation}: this tensor is a view, and gradients are being recorded. Assign through the " +
                "indexer of the tensor itself (x[...] = value), or clone the view first.");
        // The recorded form is computed on a snapshot that stands for the old value, then written over.
        var old = Tensor.Uninitialized(x.Shape, x.DType);
        Copying.CopyInto(old, x);
        (old.Node, old.OutputIndex) = (x.Node, x.OutputIndex);
        if (OperationTrace.IsOn) OperationTrace.Alias(old, x);
        var result = Fitting(x, recorded(old, state), operation);
        Copying.CopyInto(x, result);
        x.Storage.ChangedOnTape();
        (x.Node, x.OutputIndex) = (result.Node, result.OutputIndex);
        if (OperationTrace.IsOn) OperationTrace.Alias(x, result);
        return x;
    }

    static Tensor Fitting(Tensor x, Tensor result, string operation)
    {
        if (!x.DType.IsFloatingPoint && result.DType.IsFloatingPoint) ThrowNoFit(x, result.DType, operation);
        if (result.Shape != x.Shape) ThrowWider(x, result.Shape, operation);
        return result.To(x.DType);
    }

    static bool SameLayout(Tensor x, Tensor b) =>
        x.Offset == b.Offset && x.Shape == b.Shape && (x.IsContiguous ? b.IsContiguous : x.Strides.SequenceEqual(b.Strides));

    static void CheckTarget(Tensor x, Tensor? operand, string operation, bool floating = false)
    {
        if (!x.IsContiguous)
            for (int i = 0; i < x.Rank; i++)
                if (x.Strides[i] == 0 && x.Shape[i] > 1)
                    throw new InvalidOperationException($"{operation}: several elements of this tensor share one place in memory (it was expanded). Clone it first.");
        if (operand is null) return;
        if (operand.Shape != x.Shape && Shape.Broadcast(x.Shape, operand.Shape, operation) != x.Shape) ThrowWider(x, operand.Shape, operation);
        if (!x.DType.IsFloatingPoint && (floating || operand.DType.IsFloatingPoint)) ThrowNoFit(x, floating ? Tensor.DefaultDType : operand.DType, operation);
    }

    static void ThrowWider(Tensor x, Shape shape, string operation) => throw new ShapeException(
        $"{operation}: an operand of shape {shape} would widen {x.Shape}; the result of an in-place operation keeps the shape.");

    static void ThrowNoFit(Tensor x, DType type, string operation) => throw new InvalidOperationException(
        $"{operation}: the result is {type}, which does not fit into {x.DType}. Convert one of them with To(DType).");
}
