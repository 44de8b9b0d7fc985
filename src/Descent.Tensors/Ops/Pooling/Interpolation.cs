using System.Numerics;

namespace Descent.Tensors;

/// <summary>How values between elements are found.</summary>
public enum InterpolationMode
{
    /// <summary>The element at <c>⌊i · scale⌋</c>.</summary>
    Nearest,
    /// <summary>The element whose centre is nearest.</summary>
    NearestExact,
    /// <summary>On the line between two neighbours of a sequence.</summary>
    Linear,
    /// <summary>Linear in height and width.</summary>
    Bilinear,
    /// <summary>Linear in depth, height and width.</summary>
    Trilinear,
    /// <summary>On the cubic through four neighbours in height and width (a = −0.75).</summary>
    Bicubic,
    /// <summary>The mean of the elements that share the place: <see cref="F.AdaptiveAvgPool2d(Tensor, int?, int?)"/>.</summary>
    Area,
}

public static partial class F
{
    /// <summary>Other spatial sizes of <c>(N, C, L)</c>, <c>(N, C, H, W)</c> or <c>(N, C, D, H, W)</c>, one dimension after the other.</summary>
    /// <param name="x">Sequences, images or volumes.</param>
    /// <param name="size">The sizes, or one for all dimensions; or empty.</param>
    /// <param name="scaleFactor">What the sizes are multiplied by, or one for all dimensions; or empty.</param>
    /// <param name="mode">Linear takes sequences, Bilinear and Bicubic images, Trilinear volumes, the others all of them.</param>
    /// <param name="alignCorners">Whether the centres of the outermost elements stay where they are, rather than their outer edges. For the linear modes and Bicubic.</param>
    /// <param name="recomputeScaleFactor">Whether the sizes that came out, rather than the factor that was given, map the places.</param>
    /// <param name="antialias">Whether filters widen where sizes shrink. For Bilinear and Bicubic, which then has a = −0.5.</param>
    /// <exception cref="ShapeException">The rank does not fit the mode, or a size is less than 1.</exception>
    /// <exception cref="ArgumentException">Both or neither of sizes and factors were given, or an option does not go with the mode.</exception>
    public static Tensor Interpolate(Tensor x, ReadOnlySpan<int> size = default, ReadOnlySpan<double> scaleFactor = default,
        InterpolationMode mode = InterpolationMode.Nearest, bool? alignCorners = null, bool recomputeScaleFactor = false, bool antialias = false)
    {
        int rank = x.Rank - 2;
        bool fits = mode switch
        {
            InterpolationMode.Linear => rank == 1,
            InterpolationMode.Bilinear or InterpolationMode.Bicubic => rank == 2,
            InterpolationMode.Trilinear => rank == 3,
            _ => rank is >= 1 and <= 3,
        };
        if (!fits || !x.DType.IsFloatingPoint)
            throw new ShapeException($"Interpolate: the input is {x.DType} {x.Shape}, and the mode {mode}. Expected floating-point (N, C, L) for Linear, " +
                "(N, C, H, W) for Bilinear and Bicubic, (N, C, D, H, W) for Trilinear, any of them for Nearest, NearestExact and Area.");
        bool interpolates = mode is not (InterpolationMode.Nearest or InterpolationMode.NearestExact or InterpolationMode.Area);
        if (alignCorners is not null && !interpolates) throw new ArgumentException($"Interpolate: alignCorners has no meaning for {mode}; leave it out.");
        if (antialias && mode is not (InterpolationMode.Bilinear or InterpolationMode.Bicubic))
            throw new ArgumentException($"Interpolate: antialias is for Bilinear and Bicubic, not for {mode}.");
        if (size.IsEmpty == scaleFactor.IsEmpty) throw new ArgumentException("Interpolate: give either size or scaleFactor.");
        if (recomputeScaleFactor && !size.IsEmpty) throw new ArgumentException("Interpolate: recomputeScaleFactor goes with scaleFactor, not with size.");
        int given = Math.Max(size.Length, scaleFactor.Length);
        if (given != 1 && given != rank)
            throw new ShapeException($"Interpolate: {given} sizes or factors were given for the input {x.Shape}. Expected one, or one for each of {rank} spatial dimension(s).");

        var sizes = new int[rank];
        var scales = new double?[rank];
        for (int i = 0; i < rank; i++)
        {
            double factor = scaleFactor.IsEmpty ? 0 : scaleFactor[given == 1 ? 0 : i];
            sizes[i] = scaleFactor.IsEmpty ? size[given == 1 ? 0 : i] : (int)Math.Floor(x.Shape[i + 2] * factor);
            scales[i] = scaleFactor.IsEmpty || recomputeScaleFactor ? null : factor;
            if (sizes[i] < 1 || x.Shape[i + 2] < 1)
                throw new ShapeException($"Interpolate: dimension {i + 2} of the input {x.Shape} cannot become {sizes[i]}; both must be at least 1.");
        }
        if (mode == InterpolationMode.Area)
            return AvgPoolOp.Average(x, PoolPlan.Of(nameof(Interpolate), x, [.. sizes.Select(n => (int?)n)]), rank);
        if (OperationTrace.IsOn)
        {
            Tensor whole;
            using (OperationTrace.Pause()) whole = Interpolate(x, size, scaleFactor, mode, alignCorners, recomputeScaleFactor, antialias);
            double[] factors = [.. scales.Select((s, i) => s ?? (double)sizes[i] / x.Shape[i + 2])];
            return OperationTrace.Add(whole, [x], (mode, sizes, factors, alignCorners ?? false, antialias));
        }
        var wide = x.DType.IsReduced ? DType.Float32 : x.DType;
        var y = x.To(wide);
        // What shrinks comes first, from the outside; what grows comes last, from the inside: the rest then has less to do.
        foreach (int i in Enumerable.Range(0, rank).OrderBy(i => sizes[i] < x.Shape[i + 2] ? i : 2 * rank - i))
        {
            var plan = new InterpolationPlan(mode, x.Shape[i + 2], sizes[i], scales[i], alignCorners ?? false, antialias);
            var weights = wide == DType.Float32 ? plan.Weights<float>() : plan.Weights<double>();
            if (!weights.IsIdentity) y = weights.Apply(y, i + 2);
        }
        return y.To(x.DType);
    }
}

/// <summary>Where along one dimension each new element lies between the old ones. Places are computed in the type of the elements, as PyTorch does.</summary>
readonly record struct InterpolationPlan(InterpolationMode Mode, int Size, int Out, double? Scale, bool AlignCorners, bool Antialias)
{
    const double CubicSlope = -0.75, AntialiasedCubicSlope = -0.5;

    internal AxisWeights Weights<T>() where T : unmanaged, IFloatingPointIeee754<T>
    {
        var plan = this;
        T step = AlignCorners ? Out > 1 ? T.CreateTruncating(Size - 1) / T.CreateTruncating(Out - 1) : T.Zero
            : Scale is { } scale ? T.CreateTruncating(1 / scale) : T.CreateTruncating(Size) / T.CreateTruncating(Out);
        return AxisWeights.From(Size, Enumerable.Range(0, Out).Select(i => plan.Terms(T.CreateTruncating(i), step)));
    }

    IEnumerable<(int Index, double Weight)> Terms<T>(T i, T step) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Antialias) return Filtered(double.CreateTruncating(step * (i + Half<T>())), double.CreateTruncating(step));
        T place = Mode == InterpolationMode.Nearest || AlignCorners ? step * i : step * (i + Half<T>()) - Half<T>();
        if (Mode != InterpolationMode.Bicubic) place = T.Max(place, T.Zero);
        if (Mode == InterpolationMode.NearestExact) place += Half<T>();
        int left = int.CreateSaturating(T.Floor(place));
        double beyond = double.CreateTruncating(place - T.CreateTruncating(left));
        if (Mode is InterpolationMode.Nearest or InterpolationMode.NearestExact) return [(Inside(left), 1)];
        if (Mode != InterpolationMode.Bicubic)
        {
            left = Inside(left);
            beyond = Math.Clamp(beyond, 0, 1);
            return left == Size - 1 ? [(left, 1)] : [(left, 1 - beyond), (left + 1, beyond)];
        }
        return [(Inside(left - 1), Cubic(1 + beyond, CubicSlope)), (Inside(left), Cubic(beyond, CubicSlope)),
            (Inside(left + 1), Cubic(1 - beyond, CubicSlope)), (Inside(left + 2), Cubic(2 - beyond, CubicSlope))];
    }

    /// <summary>A filter as wide as what one new element covers.</summary>
    IEnumerable<(int Index, double Weight)> Filtered(double centre, double step)
    {
        bool isCubic = Mode == InterpolationMode.Bicubic;
        double stretch = Math.Max(step, 1), reach = (isCubic ? 2 : 1) * stretch;
        int first = Math.Max((int)(centre - reach + 0.5), 0), end = Math.Min((int)(centre + reach + 0.5), Size);
        var weights = new double[Math.Max(0, end - first)];
        for (int k = 0; k < weights.Length; k++)
        {
            double distance = Math.Abs(k + first - centre + 0.5) / stretch;
            weights[k] = isCubic ? Cubic(distance, AntialiasedCubicSlope) : Math.Max(0, 1 - distance);
        }
        double sum = weights.Sum();
        return weights.Select((weight, k) => (first + k, sum == 0 ? weight : weight / sum));
    }

    int Inside(int index) => Math.Clamp(index, 0, Size - 1);

    static T Half<T>() where T : unmanaged, IFloatingPointIeee754<T> => T.CreateTruncating(0.5);

    /// <summary>Keys' cubic convolution kernel, "Cubic Convolution Interpolation for Digital Image Processing", 1981.</summary>
    static double Cubic(double distance, double a) => distance switch
    {
        <= 1 => ((a + 2) * distance - (a + 3)) * distance * distance + 1,
        < 2 => ((distance - 5) * distance + 8) * distance * a - 4 * a,
        _ => 0,
    };
}
