namespace Descent.Tensors;

/// <summary>Products with Jacobians and Hessians, and the matrices themselves.</summary>
static class Derivatives
{
    /// <summary>A point to differentiate at: x itself where the result shall lead back to it, else a leaf of its own.</summary>
    static Tensor Point(Tensor x, bool createGraph)
    {
        if (createGraph && x.RequiresGrad) return x;
        var point = x.Detach();
        point.RequiresGrad = true;
        return point;
    }

    static Tensor Result(Tensor x, bool createGraph) => createGraph ? x : x.Detach();

    static void CheckShape(Tensor v, Shape expected, string operation, string of)
    {
        if (v.Shape != expected)
            throw new ShapeException($"{operation}: v has shape {v.Shape}; expected {expected}, the shape of {of}.");
    }

    internal static (Tensor Output, Tensor Product) Vjp(Func<Tensor, Tensor> f, Tensor x, Tensor? v, bool createGraph)
    {
        using var recording = Autograd.EnableGrad();
        var point = Point(x, createGraph);
        var y = f(point);
        if (v is not null) CheckShape(v, y.Shape, nameof(Vjp), "f(x)");
        return (Result(y, createGraph), Gradient(y, point, v, createGraph) ?? Tensor.Zeros(x.Shape, x.DType));
    }

    internal static (Tensor Output, Tensor Product) Jvp(Func<Tensor, Tensor> f, Tensor x, Tensor v, bool createGraph)
    {
        CheckShape(v, x.Shape, nameof(Jvp), "x");
        using var recording = Autograd.EnableGrad();
        var point = Point(x, createGraph);
        var y = f(point);
        // uᵀJ is linear in u, so its gradient along u, weighed with v, is J v, whatever u.
        var u = Tensor.Zeros(y.Shape, y.DType);
        u.RequiresGrad = true;
        var product = Gradient(y, point, u, createGraph: true);
        var tangent = product is null ? null : Gradient(product, u, v, createGraph);
        return (Result(y, createGraph), tangent ?? Tensor.Zeros(y.Shape, y.DType));
    }

    internal static Tensor Jacobian(Func<Tensor, Tensor> f, Tensor x)
    {
        using var recording = Autograd.EnableGrad();
        var point = Point(x, createGraph: false);
        var y = f(point);
        var jacobian = Tensor.Zeros([.. y.Shape.AsSpan(), .. x.Shape.AsSpan()], x.DType);
        if (!y.RequiresGrad) return jacobian;
        for (int i = 0; i < y.Elements; i++)
        {
            var unit = Tensor.Zeros([y.Elements], y.DType);
            using (Autograd.NoGrad()) Copying.CopyInto(unit.Alias([], null, i), Tensor.Ones([], y.DType));
            if (Autograd.Grad([y], [point], [unit.Reshape(y.Shape.AsSpan())], retainGraph: true, allowUnused: true)[0] is { } row)
                Copying.CopyInto(jacobian.Alias(x.Shape, null, i * x.Elements), row);
        }
        return jacobian;
    }

    internal static Tensor Hessian(Func<Tensor, Tensor> f, Tensor x) => Jacobian(point => GradientOf(f, point, nameof(Hessian)), x);

    internal static (Tensor Output, Tensor Product) Hvp(Func<Tensor, Tensor> f, Tensor x, Tensor v, bool createGraph)
    {
        CheckShape(v, x.Shape, nameof(Hvp), "x");
        Tensor? value = null;
        // The Hessian is symmetric: one more backward pass gives its product with v.
        var product = Vjp(point => GradientOf(p => value = f(p), point, nameof(Hvp)), x, v, createGraph).Product;
        return (Result(value!, createGraph), product);
    }

    static Tensor GradientOf(Func<Tensor, Tensor> f, Tensor point, string operation)
    {
        var y = f(point);
        if (y.Elements != 1)
            throw new ShapeException($"{operation}: the function returned shape {y.Shape}; expected a single number. Reduce it (Sum, Mean).");
        return Gradient(y, point, null, createGraph: true) ?? Tensor.Zeros(point.Shape, point.DType);
    }

    static Tensor? Gradient(Tensor y, Tensor x, Tensor? v, bool createGraph) =>
        y.RequiresGrad ? Autograd.Grad([y], [x], [v], createGraph: createGraph, allowUnused: true)[0] : null;
}
