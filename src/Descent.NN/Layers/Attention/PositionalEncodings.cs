using Descent.Tensors;

namespace Descent.NN;

/// <summary>Adds a fixed vector to each position: <c>sin(t / 10000^(2i/d))</c> in feature 2i and the cosine in feature 2i + 1.</summary>
/// <remarks>Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762.</remarks>
public sealed class SinusoidalPositionalEncoding : Module
{
    [NotSaved]
    readonly Tensor _table;

    readonly Dropout _dropout;

    /// <param name="dModel">Width.</param>
    /// <param name="maxLength">Positions at most.</param>
    /// <param name="dropout">Probability of dropping an element of the sum, in training.</param>
    /// <param name="dtype">Type of the table; the default type if null.</param>
    /// <param name="generator">Draws what is dropped.</param>
    public SinusoidalPositionalEncoding(int dModel, int maxLength = 5000, double dropout = 0, DType? dtype = null, Generator? generator = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dModel, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        var values = new double[maxLength * dModel];
        for (int t = 0; t < maxLength; t++)
            for (int j = 0; j < dModel; j++)
            {
                double angle = t * Math.Pow(10000, -(j - j % 2) / (double)dModel);
                values[t * dModel + j] = j % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);
            }
        _table = Tensor.From<double>(values, [maxLength, dModel]).To(dtype ?? Tensor.DefaultDType);
        _dropout = new(dropout, generator);
    }

    /// <param name="x">Shape <c>(…, T, dModel)</c>.</param>
    /// <exception cref="ShapeException">There are more positions than the table has, or the width is another.</exception>
    public override Tensor Forward(Tensor x) => Observed(_dropout.Forward(x + Positions.Of(_table, x, nameof(SinusoidalPositionalEncoding))));
}

/// <summary>Adds a learned vector to each position.</summary>
public sealed class LearnedPositionalEmbedding : Module
{
    /// <param name="maxLength">Positions at most.</param>
    /// <param name="dModel">Width.</param>
    /// <param name="dtype">Type of the table; the default type if null.</param>
    /// <param name="generator">Draws the starting values, normal with deviation 0.02.</param>
    public LearnedPositionalEmbedding(int maxLength, int dModel, DType? dtype = null, Generator? generator = null) =>
        Weight = new(Init.Normal_(Tensor.Empty([maxLength, dModel], dtype), std: 0.02, generator: generator));

    /// <summary>Shape <c>(maxLength, dModel)</c>.</summary>
    public Parameter Weight { get; }

    /// <param name="x">Shape <c>(…, T, dModel)</c>.</param>
    /// <exception cref="ShapeException">There are more positions than the table has, or the width is another.</exception>
    public override Tensor Forward(Tensor x) => Observed(x + Positions.Of(Weight, x, nameof(LearnedPositionalEmbedding)));
}

/// <summary>Turns pairs of features of queries or keys by angles that grow with the position, as <see cref="F.Rope"/>.</summary>
/// <param name="rotaryDim">The first so many features are turned; all if null.</param>
/// <param name="theta">Base of the angles.</param>
/// <param name="interleaved">Pairs are neighbours; otherwise feature i and i + rotaryDim / 2.</param>
public sealed class RotaryEmbedding(int? rotaryDim = null, double theta = 10000, bool interleaved = false) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, 0);

    /// <param name="x">Shape <c>(…, T, D)</c>.</param>
    /// <param name="offset">The first position.</param>
    public Tensor Forward(Tensor x, int offset) => Observed(F.Rope(x, rotaryDim, theta, offset, interleaved));
}

/// <summary>Attention with linear biases: each head subtracts its slope times the distance from the scores, in place of encodings of positions.</summary>
/// <remarks>Press, Smith and Lewis, "Train Short, Test Long", 2021, arXiv:2108.12409.</remarks>
public static class ALiBi
{
    /// <summary>The heads' slopes: <c>2^(−8/h), 2^(−16/h), …</c>; where h is no power of two, those of the power below, then every other one of the power above.</summary>
    public static double[] Slopes(int heads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        int power = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)heads + 1) / 2;
        var slopes = Enumerable.Range(1, power).Select(i => Math.Pow(2, -8.0 * i / power));
        var between = Enumerable.Range(0, heads - power).Select(i => Math.Pow(2, -8.0 * (2 * i + 1) / (2 * power)));
        return [.. slopes, .. between];
    }

    /// <summary>What is added to the scores: <c>−slope · |i − j|</c>, and −∞ for later keys if <paramref name="causal"/>.</summary>
    /// <param name="heads">Heads.</param>
    /// <param name="queries">L; the last query stands at the last key.</param>
    /// <param name="keys">S.</param>
    /// <param name="causal">A query does not see later keys.</param>
    /// <param name="dtype">The default type if null.</param>
    /// <returns>Shape <c>(heads, L, S)</c>, for the mask of <see cref="F.ScaledDotProductAttention"/>.</returns>
    public static Tensor Bias(int heads, int queries, int keys, bool causal = true, DType? dtype = null)
    {
        var slopes = Slopes(heads);
        var values = new double[heads * queries * keys];
        for (int h = 0, at = 0; h < heads; h++)
            for (int i = 0; i < queries; i++)
                for (int j = 0; j < keys; j++, at++)
                {
                    int distance = i + keys - queries - j;
                    values[at] = causal && distance < 0 ? double.NegativeInfinity : -slopes[h] * Math.Abs(distance);
                }
        return Tensor.From<double>(values, [heads, queries, keys]).To(dtype ?? Tensor.DefaultDType);
    }
}

/// <summary>The rows of a table of positions that stand beside an input.</summary>
static class Positions
{
    internal static Tensor Of(Tensor table, Tensor x, string layer)
    {
        if (x.Rank < 2 || x.Shape[^1] != table.Shape[1] || x.Shape[^2] > table.Shape[0])
            throw new ShapeException($"{layer}: the input has shape {x.Shape}. Expected (…, T, {table.Shape[1]}) with T at most {table.Shape[0]}.");
        return table.Narrow(0, 0, x.Shape[^2]);
    }
}
