namespace Descent.Tensors;

public static partial class F
{
    /// <summary>
    /// Images <c>(N, C, H, W)</c> read at the places of a grid <c>(N, outH, outW, 2)</c> that holds (x, y), −1 at the left and
    /// the top, 1 at the right and the bottom; or volumes <c>(N, C, D, H, W)</c> at <c>(N, outD, outH, outW, 3)</c>, (x, y, z).
    /// </summary>
    /// <remarks>Jaderberg et al., "Spatial Transformer Networks", 2015, arXiv:1506.02025.</remarks>
    /// <param name="x">The images or volumes.</param>
    /// <param name="grid">The places.</param>
    /// <param name="mode">Bilinear (trilinear in volumes), Nearest, or for images Bicubic.</param>
    /// <param name="padding">Beyond the edge: Constant for zeros, Replicate for the edge, Reflect for the mirror image.</param>
    /// <param name="alignCorners">Whether ±1 are the centres of the outermost pixels, rather than their outer edges.</param>
    /// <returns>Shape <c>(N, C, outH, outW)</c> or <c>(N, C, outD, outH, outW)</c>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit one another, or there are no pixels.</exception>
    /// <exception cref="ArgumentException">The mode or the padding is not among those named.</exception>
    public static Tensor GridSample(Tensor x, Tensor grid, InterpolationMode mode = InterpolationMode.Bilinear,
        PaddingMode padding = PaddingMode.Constant, bool alignCorners = false)
    {
        int rank = x.Rank - 2;
        if (rank is not (2 or 3) || grid.Rank != x.Rank || grid.Shape[0] != x.Shape[0] || grid.Shape[^1] != rank || x.Shape[2..].Elements == 0)
            throw new ShapeException($"GridSample: the input is {x.Shape} and the grid {grid.Shape}. Expected (N, C, H, W) and (N, outH, outW, 2), " +
                "or (N, C, D, H, W) and (N, outD, outH, outW, 3), with pixels to read.");
        if (mode is not (InterpolationMode.Bilinear or InterpolationMode.Nearest or InterpolationMode.Bicubic) || (mode == InterpolationMode.Bicubic && rank == 3))
            throw new ArgumentException($"GridSample: the mode is {mode}; expected Bilinear, Nearest, or for images Bicubic.");
        if (padding == PaddingMode.Circular) throw new ArgumentException("GridSample: the padding is Circular; expected Constant, Replicate or Reflect.");
        var dtype = Pointwise.ResultType(x, grid);
        if (dtype.IsReduced) return GridSample(x.To(DType.Float32), grid.To(DType.Float32), mode, padding, alignCorners).To(dtype);
        (x, grid) = (x.To(dtype), grid.To(dtype));
        if (OperationTrace.IsOn && rank == 2)
        {
            Tensor whole;
            using (OperationTrace.Pause()) whole = GridSample(x, grid, mode, padding, alignCorners);
            return OperationTrace.Add(whole, [x, grid], (mode, padding, alignCorners));
        }

        int n = x.Shape[0], c = x.Shape[1], places = grid.Shape[1..^1].Elements;
        var pixels = x.Reshape(n, c, x.Shape[2..].Elements);
        var taps = new GridTap[rank][];
        for (int i = 0; i < rank; i++)
            taps[i] = new GridAxis(x.Shape[i + 2], mode, padding, alignCorners).Taps(grid.Select(-1, rank - 1 - i).Reshape(n, 1, places));
        Tensor? sum = null;
        Add(0, null, null);
        return sum!.Reshape([n, c, .. grid.Shape[1..^1]]);

        // The product of the weights, and the place in the flattened image, for each choice of a tap in every dimension.
        void Add(int dimension, Tensor? index, Tensor? weight)
        {
            if (dimension == rank)
            {
                var values = pixels.Gather(2, index!.Expand(n, c, places));
                if (weight is not null) values *= weight;
                sum = sum is null ? values : sum + values;
                return;
            }
            foreach (var tap in taps[dimension])
                Add(dimension + 1, index is null ? tap.Index : index * x.Shape[dimension + 2] + tap.Index,
                    weight is null ? tap.Weight : tap.Weight is null ? weight : weight * tap.Weight);
        }
    }

    /// <summary>The grids for <see cref="GridSample"/> that affine maps make: <c>grid[n, y, x] = theta[n] · (x, y, 1)</c>.</summary>
    /// <param name="theta">Maps <c>(N, 2, 3)</c> of images, or <c>(N, 3, 4)</c> of volumes.</param>
    /// <param name="size">Sizes <c>(N, C, H, W)</c> or <c>(N, C, D, H, W)</c> of what is to be sampled.</param>
    /// <param name="alignCorners">Whether ±1 are the centres of the outermost pixels, rather than their outer edges.</param>
    /// <returns>Shape <c>(N, H, W, 2)</c> or <c>(N, D, H, W, 3)</c>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor AffineGrid(Tensor theta, ReadOnlySpan<int> size, bool alignCorners = false)
    {
        int rank = size.Length - 2;
        if (rank is not (2 or 3) || theta.Shape != new Shape(size[0], rank, rank + 1) || !theta.DType.IsFloatingPoint)
            throw new ShapeException($"AffineGrid: theta is {theta.DType} {theta.Shape} for the size {new Shape(size)}. Expected floating-point (N, 2, 3) for (N, C, H, W), or (N, 3, 4) for (N, C, D, H, W).");
        var spatial = size[2..].ToArray();
        var columns = new List<Tensor>();
        for (int i = rank - 1; i >= 0; i--)
        {
            int steps = spatial[i];
            var line = steps == 1 ? Tensor.Zeros([1], theta.DType) : Tensor.Linspace(-1, 1, steps, theta.DType);
            if (!alignCorners) line *= (steps - 1) / (double)Math.Max(steps, 1);
            columns.Add(line.Reshape([-1, .. Enumerable.Repeat(1, rank - 1 - i)]).Expand(spatial));
        }
        columns.Add(Tensor.Ones(spatial, theta.DType));
        var places = Tensor.Stack([.. columns], -1).Reshape(new Shape(spatial).Elements, rank + 1);
        return places.MatMul(theta.Transpose(1, 2)).Reshape([size[0], .. spatial, rank]);
    }
}

/// <summary>A pixel that a value is read from: its place along one dimension, and its weight, or null for 1.</summary>
readonly record struct GridTap(Tensor Index, Tensor? Weight);

/// <summary>One dimension of images that a grid reads.</summary>
readonly record struct GridAxis(int Size, InterpolationMode Mode, PaddingMode Padding, bool AlignCorners)
{
    const double CubicSlope = -0.75;

    /// <summary>Which pixels to read for places from −1 to 1, and how much of each.</summary>
    internal GridTap[] Taps(Tensor places)
    {
        var at = AlignCorners ? (places + 1) * ((Size - 1) / 2.0) : ((places + 1) * Size - 1) / 2;
        if (Mode == InterpolationMode.Bicubic)
        {
            var left = at.Detach().Floor();
            var beyond = at - left;
            return [Tap(left - 1, Far(beyond + 1)), Tap(left, Near(beyond)), Tap(left + 1, Near(1 - beyond)), Tap(left + 2, Far(2 - beyond))];
        }
        at = Inside(at);
        if (Mode == InterpolationMode.Nearest) return [Tap(at.Detach().Round(), null)];
        var lower = at.Detach().Floor();
        var rest = at - lower;
        return [Tap(lower, 1 - rest), Tap(lower + 1, rest)];
    }

    GridTap Tap(Tensor pixel, Tensor? weight)
    {
        if (Mode == InterpolationMode.Bicubic) pixel = Inside(pixel);
        var clamped = pixel.Clamp(0, Size - 1);
        // What an edge or a mirror brought inside counts; a neighbour beyond the last pixel has the weight 0 then.
        var isInside = pixel.Eq(clamped).To(pixel.DType);
        return new(clamped.To(DType.Int64), weight is null ? Padding == PaddingMode.Constant ? isInside : null : weight * isInside);
    }

    /// <summary>Places moved inside by the padding; no gradient flows where the edge took over.</summary>
    Tensor Inside(Tensor at) => Padding switch
    {
        PaddingMode.Constant => at,
        PaddingMode.Reflect => Clip(Reflect(at)),
        _ => Clip(at),
    };

    Tensor Clip(Tensor at)
    {
        var place = at.Detach();
        return Tensor.Where(place.Gt(0) & place.Lt(Size - 1), at, place.Clamp(0, Size - 1));
    }

    Tensor Reflect(Tensor at)
    {
        double low = AlignCorners ? 0 : -0.5, span = AlignCorners ? Size - 1 : Size;
        if (span == 0) return Tensor.ZerosLike(at);
        var distance = (at - low).Abs();
        var flips = (distance.Detach() / span).Floor();
        var rest = distance - flips * span;
        return Tensor.Where(flips.Remainder(2).Eq(0), rest, span - rest) + low;
    }

    static Tensor Near(Tensor d) => ((CubicSlope + 2) * d - (CubicSlope + 3)) * d * d + 1;

    static Tensor Far(Tensor d) => ((CubicSlope * d - 5 * CubicSlope) * d + 8 * CubicSlope) * d - 4 * CubicSlope;
}
