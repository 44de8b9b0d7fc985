using System.Runtime.CompilerServices;

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
    /// <param name="operation">The operation's name.</param>
    internal static Tensor Apply(Tensor x, Func<Tensor, Tensor> recorded, Action change, Tensor? operand = null, [CallerMemberName] string operation = "")
    {
        CheckTarget(x, operand, operation);
        if (operand is not null && Shape.Broadcast(x.Shape, operand.Shape, operation) != x.Shape)
            throw new ShapeException($"{operation}: an operand of shape {operand.Shape} would widen {x.Shape}; the result of an in-place operation keeps the shape.");
        if (operand is null ? Autograd.Wants(x) : Autograd.Wants(x, operand))
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
            var result = recorded(old);
            Copying.CopyInto(x, result);
            x.Storage.Changed();
            (x.Node, x.OutputIndex) = (result.Node, result.OutputIndex);
            return x;
        }
        change();
        x.Storage.Changed();
        return x;
    }

    static void CheckTarget(Tensor x, Tensor? operand, string operation)
    {
        foreach (int i in Enumerable.Range(0, x.IsContiguous ? 0 : x.Rank))
            if (x.Strides[i] == 0 && x.Shape[i] > 1)
                throw new InvalidOperationException($"{operation}: several elements of this tensor share one place in memory (it was expanded). Clone it first.");
        if (operand is not null && !x.DType.IsFloatingPoint && operand.DType.IsFloatingPoint)
            throw new InvalidOperationException($"{operation}: the result is {operand.DType}, which does not fit into {x.DType}. Convert one of them with To(DType).");
    }
}
