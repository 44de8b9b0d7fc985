using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Choosing element by element.</summary>
public static class SelectionOps
{
    extension(Tensor x)
    {
        /// <summary>Bounds every element to <c>[min, max]</c>; null does not bound. The gradient is 1 within the bounds, their ends included.</summary>
        /// <exception cref="ArgumentException">Neither bound is given.</exception>
        public Tensor Clamp(Scalar? min = null, Scalar? max = null)
        {
            if (min is null && max is null) throw new ArgumentException("Clamp: neither min nor max is given. Expected at least one.");
            var y = x;
            using (Autograd.NoGrad())
            {
                if (min is { } low) y = Pointwise.Zip<MaximumKernel>(y, low);
                if (max is { } high) y = Pointwise.Zip<MinimumKernel>(y, high);
            }
            return Autograd.Record(y, (x: x.Saved, min, max), (x, static (dy, s) =>
            {
                // NaN is not inside.
                var inside = s.min is { } low ? s.x.Value.Ge(low) : null;
                if (s.max is { } high) inside = inside is null ? s.x.Value.Le(high) : inside.LogicalAnd(s.x.Value.Le(high));
                return Tensor.Where(inside!, dy, Tensor.Zeros([], dy.DType));
            }));
        }

        /// <summary>Bounds every element from below.</summary>
        public Tensor ClampMin(Scalar min) => x.Clamp(min, null);

        /// <summary>Bounds every element from above.</summary>
        public Tensor ClampMax(Scalar max) => x.Clamp(null, max);

        /// <summary>Bounds every element by those of tensors that broadcast with it; null does not bound.</summary>
        /// <exception cref="ArgumentException">Neither bound is given.</exception>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Clamp(Tensor? min, Tensor? max)
        {
            if (min is null && max is null) throw new ArgumentException("Clamp: neither min nor max is given. Expected at least one.");
            if (min is not null) x = Tensor.Where(x.Lt(min), min, x);
            return max is null ? x : Tensor.Where(x.Gt(max), max, x);
        }

        /// <summary>A copy with <paramref name="value"/> wherever the mask is true; x and the mask broadcast together.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        /// <exception cref="ArgumentException">The mask is not of bools.</exception>
        public Tensor MaskedFill(Tensor mask, Scalar value)
        {
            CheckCondition(mask, nameof(MaskedFill));
            var y = Choose(mask, Tensor.Full([], value, x.DType), x, nameof(MaskedFill));
            if (OperationTrace.IsOn) OperationTrace.Describe([x, mask], value);
            return Autograd.Record(y, (shape: x.Shape, mask: mask.Saved), (x, static (dy, s) => dy.MaskedFill(s.mask, 0).SumTo(s.shape)));
        }

        /// <summary>A copy with the number in <paramref name="value"/>, a 0-d tensor, wherever the mask is true.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast, or the value has dimensions.</exception>
        public Tensor MaskedFill(Tensor mask, Tensor value) => value.Rank == 0
            ? Tensor.Where(mask, value.To(x.DType), x)
            : throw new ShapeException($"MaskedFill: the value has shape {value.Shape}; expected a single number. Use Tensor.Where for more.");
    }

    extension(Tensor)
    {
        /// <summary>Elements of <paramref name="a"/> where the condition is true, else of <paramref name="b"/>; all three broadcast.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        /// <exception cref="ArgumentException">The condition is not of bools.</exception>
        public static Tensor Where(Tensor condition, Tensor a, Tensor b)
        {
            CheckCondition(condition, nameof(Where));
            if (a.DType != b.DType) (a, b) = Pointwise.Promoted(a, b);
            if (OperationTrace.IsOn) OperationTrace.Describe([condition, a, b]);
            return Autograd.Record(Choose(condition, a, b, nameof(Where)), (condition: condition.Saved, a: a.Shape, b: b.Shape),
                (a, static (dy, s) => dy.MaskedFill(s.condition.Value.LogicalNot(), 0).SumTo(s.a)),
                (b, static (dy, s) => dy.MaskedFill(s.condition, 0).SumTo(s.b)));
        }

        /// <summary>Elements of <paramref name="a"/> where the condition is true, else <paramref name="b"/>.</summary>
        public static Tensor Where(Tensor condition, Tensor a, Scalar b) => Tensor.Where(condition, a, Pointwise.Number(b, a));

        /// <summary><paramref name="a"/> where the condition is true, else elements of <paramref name="b"/>.</summary>
        public static Tensor Where(Tensor condition, Scalar a, Tensor b) => Tensor.Where(condition, Pointwise.Number(a, b), b);
    }

    static void CheckCondition(Tensor condition, string operation)
    {
        if (condition.DType != DType.Bool)
            throw new ArgumentException($"{operation}: the condition is {condition.DType}; expected Bool. Compare it first, for example with Ne(0).");
    }

    static Tensor Choose(Tensor condition, Tensor a, Tensor b, string operation)
    {
        var shape = Shape.Broadcast(Shape.Broadcast(a.Shape, b.Shape, operation), condition.Shape, operation);
        var y = Tensor.Uninitialized(shape, a.DType);
        if (y.Elements == 0) return y;
        var nest = new LoopNest(shape.AsSpan(), y.StrideArray, Pointwise.BroadcastStrides(condition, shape),
            Pointwise.BroadcastStrides(a, shape), Pointwise.BroadcastStrides(b, shape));
        switch (y.DType.Size)
        {
            case 8: Choice.Run(nest, ref y.First<long>(), ref condition.First<byte>(), ref a.First<long>(), ref b.First<long>()); break;
            case 4: Choice.Run(nest, ref y.First<int>(), ref condition.First<byte>(), ref a.First<int>(), ref b.First<int>()); break;
            case 2: Choice.Run(nest, ref y.First<short>(), ref condition.First<byte>(), ref a.First<short>(), ref b.First<short>()); break;
            default: Choice.Run(nest, ref y.First<byte>(), ref condition.First<byte>(), ref a.First<byte>(), ref b.First<byte>()); break;
        }
        GC.KeepAlive(condition);
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        return y;
    }
}
