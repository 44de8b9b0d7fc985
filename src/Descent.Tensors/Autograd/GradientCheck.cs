using System.Runtime.CompilerServices;

namespace Descent.Tensors;

/// <summary>Compares gradients with central differences, in Float64.</summary>
/// <remarks>
/// Inputs that require gradients are checked, or all floating ones where none does. They are copied to Float64 in their
/// own layout, so the caller's tensors are left alone; the function must be defined for that type. An output that is no
/// single number is weighed with fixed random numbers. <see cref="Generator.Default"/> starts every call from the same
/// state, so functions that draw from it can be checked.
/// </remarks>
public static class GradientCheck
{
    /// <summary>Checks the gradient of a function of tensors.</summary>
    /// <param name="f">The function; it must not change its arguments in place.</param>
    /// <param name="inputs">Where to check it.</param>
    /// <exception cref="GradientCheckException">A gradient is not the slope.</exception>
    public static void Verify(Func<Tensor[], Tensor> f, params Tensor[] inputs) => Verify(f, new GradientCheckOptions(), inputs);

    /// <inheritdoc cref="Verify(Func{Tensor[], Tensor}, Tensor[])"/>
    /// <param name="options">Step and tolerances.</param>
    public static void Verify(Func<Tensor[], Tensor> f, GradientCheckOptions options, params Tensor[] inputs)
    {
        var (arguments, isChecked) = Prepare(inputs);
        Check("gradient", x => [f(x)], arguments, isChecked, options);
    }

    /// <summary>Checks the gradient of the gradient, also with respect to the gradient that arrives from above.</summary>
    /// <inheritdoc cref="Verify(Func{Tensor[], Tensor}, Tensor[])"/>
    public static void VerifySecondOrder(Func<Tensor[], Tensor> f, params Tensor[] inputs) =>
        VerifySecondOrder(f, new GradientCheckOptions(), inputs);

    /// <inheritdoc cref="VerifySecondOrder(Func{Tensor[], Tensor}, Tensor[])"/>
    /// <param name="options">Step and tolerances.</param>
    public static void VerifySecondOrder(Func<Tensor[], Tensor> f, GradientCheckOptions options, params Tensor[] inputs)
    {
        var (arguments, isChecked) = Prepare(inputs);
        var state = Generator.Default.GetState();
        Tensor probe;
        using (Autograd.NoGrad()) probe = f(arguments);
        Generator.Default.SetState(state);
        var weights = Weights(probe, options.Seed + 1);
        weights.RequiresGrad = true;

        Check("second-order gradient", x =>
        {
            using var recording = Autograd.EnableGrad();
            var own = x[..^1];
            var y = f(own);
            if (!y.RequiresGrad) return [];
            Tensor[] asked = [.. own.Where((_, i) => isChecked[i])];
            return [.. Autograd.Grad([y], asked, [x[^1]], createGraph: true, allowUnused: true).OfType<Tensor>()];
        }, [.. arguments, weights], [.. isChecked, true], options);
    }

    static void Check(string what, Func<Tensor[], Tensor[]> f, Tensor[] inputs, bool[] isChecked, GradientCheckOptions options)
    {
        var state = Generator.Default.GetState();
        Tensor[] Evaluate()
        {
            Generator.Default.SetState(state);
            return f(inputs);
        }

        Tensor[] outputs;
        using (Autograd.EnableGrad()) outputs = Evaluate();
        string operation = outputs.Select(y => y.Node?.Name).FirstOrDefault(n => n is not null) ?? "the function";
        foreach (var y in outputs)
            if (!y.DType.IsFloatingPoint)
                throw new GradientCheckException($"GradientCheck: {operation} returned {y.DType}; only floating-point results have gradients.");
        Tensor[] weights = [.. outputs.Select((y, k) => Weights(y, options.Seed + 2 + (ulong)k))];
        Tensor[] asked = [.. inputs.Where((_, i) => isChecked[i])];
        var analytic = Analytic(outputs, weights, asked);

        using var still = Autograd.NoGrad();
        for (int k = 0, input = 0; input < inputs.Length; input++)
            if (isChecked[input])
                Compare(what, operation, input, inputs[input], analytic[k++], Evaluate, weights, options);
    }

    static Tensor?[] Analytic(Tensor[] outputs, Tensor[] weights, Tensor[] asked)
    {
        Tensor[] roots = [.. outputs.Where(y => y.RequiresGrad)];
        if (roots.Length == 0) return new Tensor?[asked.Length];
        return Autograd.Grad(roots, asked, (Tensor?[])[.. weights.Where((_, k) => outputs[k].RequiresGrad)], allowUnused: true);
    }

    static void Compare(string what, string operation, int input, Tensor x, Tensor? gradient, Func<Tensor[]> evaluate, Tensor[] weights,
        GradientCheckOptions options)
    {
        if (gradient is not null && gradient.Shape != x.Shape)
            throw new GradientCheckException($"GradientCheck: the {what} of {operation} with respect to input {input} has shape " +
                $"{gradient.Shape}; expected {x.Shape}, that of the input.");
        double[]? analytic = gradient is null ? null : Values(gradient);
        int wrong = 0;
        double worst = -1;
        string message = "";
        for (int i = 0; i < x.Elements; i++)
        {
            double numeric = Slope(x, i, evaluate, weights, options.Epsilon), given = analytic?[i] ?? 0;
            double error = Math.Abs(given - numeric), allowed = options.AbsoluteTolerance + options.RelativeTolerance * Math.Abs(numeric);
            if (error <= allowed) continue;
            wrong++;
            if (error <= worst) continue;
            worst = error;
            message = $"analytic {given:G9}, numeric {numeric:G9} at [{string.Join(", ", Index(x.Shape, i))}]; the difference {error:G3} " +
                $"exceeds {allowed:G3}";
        }
        if (wrong > 0)
            throw new GradientCheckException($"GradientCheck: the {what} of {operation} with respect to input {input} of shape {x.Shape} " +
                $"is wrong in {wrong} of {x.Elements} places, worst: {message}.");
    }

    /// <summary>The slope of the weighed outputs along one element of an input.</summary>
    static double Slope(Tensor x, int element, Func<Tensor[]> evaluate, Tensor[] weights, double epsilon)
    {
        ref double place = ref Place(x, element);
        double middle = place, step = epsilon * Math.Max(1, Math.Abs(middle));
        try
        {
            // Results may be views of the input: their values are taken before it moves on.
            double above = place = middle + step;
            double[][] upper = [.. evaluate().Select(Values)];
            double below = place = middle - step;
            double[][] lower = [.. evaluate().Select(Values)];
            double sum = 0;
            for (int k = 0; k < weights.Length; k++)
            {
                double[] w = Values(weights[k]), high = upper[k], low = lower[k];
                for (int i = 0; i < w.Length; i++)
                    // Equal infinities (a masked place) have no slope, and their difference is NaN.
                    if (high[i] != low[i]) sum += w[i] * (high[i] - low[i]);
            }
            return sum / (above - below);
        }
        finally
        {
            place = middle;
            GC.KeepAlive(x);
        }
    }

    static (Tensor[] Arguments, bool[] IsChecked) Prepare(Tensor[] inputs)
    {
        bool chosen = inputs.Any(x => x.RequiresGrad);
        bool[] isChecked = [.. inputs.Select(x => x.DType.IsFloatingPoint && (!chosen || x.RequiresGrad))];
        using var still = Autograd.NoGrad();
        Tensor[] arguments = [.. inputs.Select(x => x.DType.IsFloatingPoint ? Copy(x) : x)];
        for (int i = 0; i < arguments.Length; i++)
            if (isChecked[i]) arguments[i].RequiresGrad = true;
        return (arguments, isChecked);
    }

    /// <summary>A Float64 copy with the strides of <paramref name="x"/>, unless several elements share a place.</summary>
    static Tensor Copy(Tensor x)
    {
        int[] strides = x.StrideArray;
        int first = 0, last = 0;
        bool shares = false;
        for (int d = 0; d < x.Rank; d++)
        {
            int reach = (x.Shape[d] - 1) * strides[d];
            (first, last) = (first + Math.Min(0, reach), last + Math.Max(0, reach));
            shares |= strides[d] == 0 && x.Shape[d] > 1;
        }
        var y = x.IsContiguous || shares || x.Elements == 0
            ? Tensor.Uninitialized(x.Shape, DType.Float64)
            : new Tensor(Storage.Allocate((long)(last - first + 1) * sizeof(double)), x.Shape, strides, -first, DType.Float64);
        Copying.CopyInto(y, x);
        return y;
    }

    static Tensor Weights(Tensor y, ulong seed)
    {
        var w = Tensor.Uninitialized(y.Shape, DType.Float64);
        // Away from zero, so that no output is overlooked.
        var generator = new Generator(seed);
        generator.Uniform(w.AsSpan<double>(), 0.5, 1.5);
        foreach (ref double v in w.AsSpan<double>())
            if (generator.NextDouble() < 0.5) v = -v;
        using (Autograd.NoGrad()) return w.To(y.DType);
    }

    static double[] Values(Tensor x)
    {
        var y = x.Detach().To(DType.Float64).Contiguous();
        var values = y.AsSpan<double>().ToArray();
        GC.KeepAlive(y);
        return values;
    }

    static ref double Place(Tensor x, int element)
    {
        int offset = 0;
        var index = Index(x.Shape, element);
        for (int d = 0; d < index.Length; d++) offset += index[d] * x.StrideArray[d];
        return ref Unsafe.Add(ref x.First<double>(), offset);
    }

    static int[] Index(Shape shape, int element)
    {
        var index = new int[shape.Rank];
        for (int d = index.Length - 1; d >= 0; d--) (element, index[d]) = Math.DivRem(element, shape[d]);
        return index;
    }
}

/// <summary>How closely <see cref="GradientCheck"/> compares.</summary>
public sealed record GradientCheckOptions
{
    /// <summary>The step of the central difference, times |x| where that exceeds 1.</summary>
    public double Epsilon { get; init; } = 1e-6;

    /// <summary>What the difference may be where the slope is zero.</summary>
    public double AbsoluteTolerance { get; init; } = 1e-6;

    /// <summary>What the difference may be beyond that, as a part of the slope.</summary>
    public double RelativeTolerance { get; init; } = 1e-5;

    /// <summary>Seed of the weights of the outputs.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>A gradient differs from the slope measured by central differences.</summary>
public sealed class GradientCheckException(string message) : Exception(message);
