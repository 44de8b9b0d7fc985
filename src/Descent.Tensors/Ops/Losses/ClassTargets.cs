using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Integer targets of classification losses: checks, layout, and the coefficients of their gradients.</summary>
static class ClassTargets
{
    /// <summary>The shape of the losses before reduction.</summary>
    /// <exception cref="ShapeException">The target's shape is not the input's without the classes.</exception>
    internal static Shape Check(Shape input, Shape target, string operation)
    {
        Shape expected = input.Rank == 1 ? [] : new([input[0], .. input.AsSpan()[2..]]);
        return target == expected ? target : throw new ShapeException(
            $"{operation}: the target's shape is {target}, the input's {input}. Expected a target of shape {expected}: one class for each position.");
    }

    /// <summary>The input as contiguous rows of classes, one for each position.</summary>
    internal static Tensor Rows(Tensor x)
    {
        if (x.Rank == 1) x = x.Reshape(1, x.Shape[0]);
        if (x.Rank > 2)
        {
            int positions = 1, c = x.Shape[1];
            for (int i = 2; i < x.Rank; i++) positions *= x.Shape[i];
            x = x.Reshape(x.Shape[0], c, positions).Transpose(1, 2).Contiguous().Reshape(x.Shape[0] * positions, c);
        }
        return x.Contiguous();
    }

    /// <summary>The sum of the weights of the targets that count.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A target is no class.</exception>
    internal static double Total(Tensor classes, Tensor? weight, int c, long ignored, string operation)
    {
        var targets = classes.AsSpan<long>();
        double total = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            long t = targets[i];
            if (t == ignored) continue;
            if ((ulong)t >= (ulong)c)
                throw new ArgumentOutOfRangeException(nameof(classes), t, $"{operation}: target {i} is {t}. Expected a class from 0 to {c - 1}, or {ignored} to ignore the position.");
            total += weight is null ? 1 : weight.DType == DType.Float32 ? weight.AsSpan<float>()[(int)t] : weight.AsSpan<double>()[(int)t];
        }
        return total;
    }

    /// <summary>The sum of the class weights, or the number of classes.</summary>
    internal static double Sum<T>(Tensor? weight, int c) where T : unmanaged, INumber<T>
    {
        if (weight is null) return c;
        double sum = 0;
        foreach (T w in weight.AsSpan<T>()) sum += double.CreateTruncating(w);
        return sum;
    }

    /// <summary>
    /// The gradient of a row's loss is softmax · all − chosen: what all has of shape (N, 1) and chosen of (N, C).
    /// </summary>
    internal static (Tensor All, Tensor Chosen) Coefficients(Tensor classes, Tensor? weight, int c, DType dtype, CrossEntropyRows.Options options)
    {
        var targets = classes.AsSpan<long>();
        Tensor all = Tensor.Zeros([targets.Length, 1], DType.Float64), chosen = Tensor.Zeros([targets.Length, c], DType.Float64);
        var a = all.AsSpan<double>();
        var b = chosen.AsSpan<double>();
        weight = weight?.To(DType.Float64);
        var weights = weight is null ? default : weight.AsSpan<double>();
        double share = options.Smoothing / Math.Max(1, c);
        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] == options.Ignored) continue;
            int t = (int)targets[i];
            double own = (1 - options.Smoothing) * (weight is null ? 1 : weights[t]);
            a[i] = own + share * options.WeightSum;
            if (share != 0)
                for (int k = 0; k < c; k++) b[i * c + k] = share * (weight is null ? 1 : weights[k]);
            b[i * c + t] += own;
        }
        GC.KeepAlive(weight);
        return (all.To(dtype), chosen.To(dtype));
    }

    /// <summary>y[r] = x[r, class of r] · its coefficient, and 0 where ignored.</summary>
    internal static Tensor Pick(Tensor rows, Tensor classes, long ignored, Tensor coefficients)
    {
        var (n, c) = (rows.Shape[0], rows.Shape[1]);
        var y = Tensor.Zeros([n], rows.DType);
        var targets = classes.AsSpan<long>();
        for (int r = 0; r < n; r++)
        {
            if (targets[r] == ignored) continue;
            int at = r * c + (int)targets[r];
            if (y.DType == DType.Float32) y.AsSpan<float>()[r] = rows.AsSpan<float>()[at] * coefficients.AsSpan<float>()[at];
            else y.AsSpan<double>()[r] = rows.AsSpan<double>()[at] * coefficients.AsSpan<double>()[at];
        }
        // What was not read takes no gradient, be the upstream one infinite: the mean of nothing divides by 0.
        return Autograd.Record(y, coefficients, (rows, static (dy, k) => (dy.Reshape(-1, 1) * k).MaskedFill(k.Eq(0), 0)), operation: nameof(F.NllLoss));
    }
}
