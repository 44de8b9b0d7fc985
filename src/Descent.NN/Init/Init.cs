using Descent.Tensors;

namespace Descent.NN;

/// <summary>Starting values of parameters, drawn in place and outside the graph.</summary>
/// <remarks>
/// Kaiming: He et al., "Delving Deep into Rectifiers", 2015, arXiv:1502.01852. Xavier: Glorot and Bengio, "Understanding
/// the difficulty of training deep feedforward neural networks", 2010. Where no generator is named,
/// <see cref="Generator.Default"/> draws.
/// </remarks>
public static class Init
{
    /// <summary>Inputs and outputs of one unit: <c>shape[1]</c> and <c>shape[0]</c>, times the size of the receptive field.</summary>
    /// <exception cref="ShapeException">There are fewer than two dimensions.</exception>
    public static (int FanIn, int FanOut) CalculateFan(Shape shape)
    {
        if (shape.Rank < 2)
            throw new ShapeException($"CalculateFan: {shape} has {shape.Rank} dimension(s); a weight has at least 2, (out, in, …).");
        int field = shape[2..].Elements;
        return (shape[1] * field, shape[0] * field);
    }

    /// <summary>The factor that keeps the variance through a nonlinearity.</summary>
    /// <param name="nonlinearity">What follows the weight.</param>
    /// <param name="slope">Slope below 0 of <see cref="Nonlinearity.LeakyRelu"/>.</param>
    public static double CalculateGain(Nonlinearity nonlinearity, double slope = 0.01) => nonlinearity switch
    {
        Nonlinearity.Tanh => 5.0 / 3,
        Nonlinearity.Relu => Math.Sqrt(2),
        Nonlinearity.LeakyRelu => Math.Sqrt(2 / (1 + slope * slope)),
        Nonlinearity.Selu => 0.75,
        _ => 1,
    };

    /// <summary>The deviation of Kaiming's initialisation: gain / √fan.</summary>
    public static double KaimingDeviation(Shape shape, double slope = 0, FanMode mode = FanMode.FanIn, Nonlinearity nonlinearity = Nonlinearity.LeakyRelu)
    {
        var (fanIn, fanOut) = CalculateFan(shape);
        return CalculateGain(nonlinearity, slope) / Math.Sqrt(mode == FanMode.FanIn ? fanIn : fanOut);
    }

    /// <summary>The deviation of Xavier's initialisation: gain · √(2 / (fanIn + fanOut)).</summary>
    public static double XavierDeviation(Shape shape, double gain = 1)
    {
        var (fanIn, fanOut) = CalculateFan(shape);
        return gain * Math.Sqrt(2.0 / (fanIn + fanOut));
    }

    /// <summary>Uniform in [−√3 s, √3 s), s the <see cref="KaimingDeviation"/>.</summary>
    public static Tensor KaimingUniform_(Tensor x, double slope = 0, FanMode mode = FanMode.FanIn,
        Nonlinearity nonlinearity = Nonlinearity.LeakyRelu, Generator? generator = null)
    {
        double bound = Math.Sqrt(3) * KaimingDeviation(x.Shape, slope, mode, nonlinearity);
        return Uniform_(x, -bound, bound, generator);
    }

    /// <summary>Normal with mean 0 and the <see cref="KaimingDeviation"/>.</summary>
    public static Tensor KaimingNormal_(Tensor x, double slope = 0, FanMode mode = FanMode.FanIn,
        Nonlinearity nonlinearity = Nonlinearity.LeakyRelu, Generator? generator = null) =>
        Normal_(x, 0, KaimingDeviation(x.Shape, slope, mode, nonlinearity), generator);

    /// <summary>Uniform in [−√3 s, √3 s), s the <see cref="XavierDeviation"/>.</summary>
    public static Tensor XavierUniform_(Tensor x, double gain = 1, Generator? generator = null)
    {
        double bound = Math.Sqrt(3) * XavierDeviation(x.Shape, gain);
        return Uniform_(x, -bound, bound, generator);
    }

    /// <summary>Normal with mean 0 and the <see cref="XavierDeviation"/>.</summary>
    public static Tensor XavierNormal_(Tensor x, double gain = 1, Generator? generator = null) =>
        Normal_(x, 0, XavierDeviation(x.Shape, gain), generator);

    /// <summary>Uniform in [low, high).</summary>
    public static Tensor Uniform_(Tensor x, double low = 0, double high = 1, Generator? generator = null) => Fill(x, generator ?? Generator.Default,
        (g, y) => g.Uniform(y, (float)low, (float)high), (g, y) => g.Uniform(y, low, high));

    /// <summary>Normal with mean and deviation.</summary>
    public static Tensor Normal_(Tensor x, double mean = 0, double std = 1, Generator? generator = null) => Fill(x, generator ?? Generator.Default,
        (g, y) => g.Normal(y, (float)mean, (float)std), (g, y) => g.Normal(y, mean, std));

    /// <summary>Normal with mean and deviation, as if drawn again where outside [low, high]: the limits are numbers, not deviations.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is nothing between the limits, or the deviation is 0 and the mean outside of them.</exception>
    public static Tensor TruncNormal_(Tensor x, double mean = 0, double std = 1, double low = -2, double high = 2, Generator? generator = null)
    {
        if (!(low < high) || !(std > 0 || (std == 0 && mean >= low && mean <= high)))
            throw new ArgumentOutOfRangeException(nameof(low), $"TruncNormal_: there is nothing in [{low}, {high}] of a normal distribution with mean {mean} and deviation {std}.");
        double a = (low - mean) / std, b = (high - mean) / std;
        if (!(std == 0 || TruncatedNormal.IsWide(a, b)))
            return Fill(x, generator ?? Generator.Default, (g, y) =>
            {
                foreach (ref float v in y) v = (float)Math.Clamp(mean + std * TruncatedNormal.Next(g, a, b), low, high);
            }, (g, y) =>
            {
                foreach (ref double v in y) v = Math.Clamp(mean + std * TruncatedNormal.Next(g, a, b), low, high);
            });
        return Fill(x, generator ?? Generator.Default, (g, y) =>
        {
            g.Normal(y, (float)mean, (float)std);
            foreach (ref float v in y)
                while (v < low || v > high) v = (float)(mean + std * g.NextNormal());
        }, (g, y) =>
        {
            g.Normal(y, mean, std);
            foreach (ref double v in y)
                while (v < low || v > high) v = mean + std * g.NextNormal();
        });
    }

    /// <summary>A matrix with orthonormal rows or columns, whichever are fewer, times the gain; more dimensions are taken as (out, rest).</summary>
    /// <remarks>Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2014, arXiv:1312.6120.</remarks>
    /// <exception cref="ShapeException">There are fewer than two dimensions.</exception>
    public static Tensor Orthogonal_(Tensor x, double gain = 1, Generator? generator = null)
    {
        if (x.Rank < 2) throw new ShapeException($"Orthogonal_: the shape is {x.Shape}; expected at least two dimensions, (out, in, …).");
        if (x.Elements == 0) return x;
        using var _ = Autograd.NoGrad();
        int rows = x.Shape[0], columns = x.Elements / rows;
        var type = x.DType == DType.Float64 ? DType.Float64 : DType.Float32;
        var (q, r) = Linalg.Qr(Normal_(Tensor.Empty([Math.Max(rows, columns), Math.Min(rows, columns)], type), generator: generator));
        // Without the signs of R's diagonal not all orthogonal matrices would be equally likely.
        q *= r.Diagonal().Sign() * gain;
        x.Copy_((rows < columns ? q.T : q).Reshape(x.Shape));
        return x;
    }

    /// <summary>Normal with mean 0, of which a part of each column is 0.</summary>
    /// <param name="x">A matrix.</param>
    /// <param name="sparsity">The part of 0, in [0, 1].</param>
    /// <param name="std">The deviation of the rest.</param>
    /// <param name="generator">Draws the numbers and the places.</param>
    /// <remarks>Martens, "Deep learning via Hessian-free optimization", 2010.</remarks>
    /// <exception cref="ShapeException">There are not two dimensions.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sparsity"/> is not in [0, 1].</exception>
    public static Tensor Sparse_(Tensor x, double sparsity, double std = 0.01, Generator? generator = null)
    {
        if (x.Rank != 2) throw new ShapeException($"Sparse_: the shape is {x.Shape}; expected (rows, columns).");
        if (!(sparsity is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(sparsity), sparsity, $"Sparse_: the sparsity is {sparsity}; it must be in [0, 1].");
        int columns = x.Shape[1], zeros = (int)Math.Ceiling(sparsity * x.Shape[0]);
        long[] Places(Generator g) => [.. from column in Enumerable.Range(0, columns) from row in g.Permutation(x.Shape[0])[..zeros] select row * columns + column];
        return Fill(x, generator ?? Generator.Default, (g, y) =>
        {
            g.Normal(y, 0, (float)std);
            foreach (long place in Places(g)) y[(int)place] = 0;
        }, (g, y) =>
        {
            g.Normal(y, 0, std);
            foreach (long place in Places(g)) y[(int)place] = 0;
        });
    }

    /// <summary>Zeros.</summary>
    public static Tensor Zeros_(Tensor x) => Constant_(x, 0);

    /// <summary>Ones.</summary>
    public static Tensor Ones_(Tensor x) => Constant_(x, 1);

    /// <summary>One number everywhere.</summary>
    public static Tensor Constant_(Tensor x, double value) => Fill(x, Generator.Default, (_, y) => y.Fill((float)value), (_, y) => y.Fill(value));

    /// <summary>The identity: 1 where row and column agree, else 0.</summary>
    /// <exception cref="ShapeException">There are not two dimensions.</exception>
    public static Tensor Eye_(Tensor x)
    {
        if (x.Rank != 2) throw new ShapeException($"Eye_: the shape is {x.Shape}; expected (rows, columns).");
        int columns = x.Shape[1], ones = Math.Min(x.Shape[0], columns);
        return Ones(x, Enumerable.Range(0, ones).Select(i => i * (columns + 1)));
    }

    /// <summary>Filters that pass each channel on: 1 in the middle of the window of filter i and channel i of each group, else 0.</summary>
    /// <exception cref="ShapeException">The shape is not that of a convolution's weight, or does not divide into the groups.</exception>
    public static Tensor Dirac_(Tensor x, int groups = 1)
    {
        if (x.Rank is < 3 or > 5 || groups < 1 || x.Shape[0] % groups != 0)
            throw new ShapeException($"Dirac_: {x.Shape} with {groups} group(s). Expected (out, in, size, …), out a multiple of the groups.");
        int outputs = x.Shape[0] / groups, middle = 0;
        var dense = Tensor.Empty(x.Shape, x.DType).Strides;
        for (int d = 2; d < x.Rank; d++) middle += x.Shape[d] / 2 * dense[d];
        int perFilter = dense[0], perChannel = dense[1];
        return Ones(x, from g in Enumerable.Range(0, groups)
                         from i in Enumerable.Range(0, Math.Min(outputs, x.Shape[1]))
                         select (g * outputs + i) * perFilter + i * perChannel + middle);
    }

    static Tensor Ones(Tensor x, IEnumerable<int> ones) => Fill(x, Generator.Default,
        (_, y) =>
        {
            y.Clear();
            foreach (int i in ones) y[i] = 1;
        }, (_, y) =>
        {
            y.Clear();
            foreach (int i in ones) y[i] = 1;
        });

    /// <summary>Writes the elements in row-major order, whatever the layout and the type.</summary>
    static Tensor Fill(Tensor x, Generator generator, SpanFill<float> single, SpanFill<double> wide)
    {
        if (!x.DType.IsFloatingPoint)
            throw new ArgumentException($"Init: the type is {x.DType}; starting values need a floating-point type.", nameof(x));
        using var _ = Autograd.NoGrad();
        var type = x.DType == DType.Float64 ? DType.Float64 : DType.Float32;
        var target = x.IsContiguous && x.DType == type ? x : Tensor.Empty(x.Shape, type);
        if (type == DType.Float64) wide(generator, target.AsSpan<double>());
        else single(generator, target.AsSpan<float>());
        if (ReferenceEquals(target, x)) x.MarkChanged();
        else x.Copy_(target);
        return x;
    }

    delegate void SpanFill<T>(Generator generator, Span<T> y);
}
