using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>What the parts of an explanation add up to.</summary>
public enum ShapScale
{
    /// <summary>The number predicted.</summary>
    Prediction,

    /// <summary>The probability of a class.</summary>
    Probability,

    /// <summary>What the model sums up before it becomes a prediction: log odds, a logarithm, a score.</summary>
    Score,
}

/// <summary>What the features of each row add to what is predicted: <c>Base + Σ values = the output</c>, exactly for each row.</summary>
/// <remarks>Lundberg and Lee, "A Unified Approach to Interpreting Model Predictions", 2017.</remarks>
public sealed record ShapValues
{
    /// <summary>The names of the features.</summary>
    public required ImmutableArray<string> Features { get; init; }

    /// <summary>What is explained: the classes (of two with one score the second), or <c>prediction</c>.</summary>
    public required ImmutableArray<string> Outputs { get; init; }

    /// <summary>What base and values add up to.</summary>
    public required ShapScale Scale { get; init; }

    /// <summary>The number of rows explained.</summary>
    public required int Rows { get; init; }

    /// <summary>The expected value of each output, where no feature is known.</summary>
    public required ImmutableArray<double> Base { get; init; }

    /// <summary>(rows × outputs × features) values.</summary>
    public required ImmutableArray<double> Values { get; init; }

    /// <summary>What each feature adds to an output in a row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or output.</exception>
    public ReadOnlySpan<double> Row(int row, int output = 0)
    {
        CheckPlace(row, output);
        return Values.AsSpan((row * Outputs.Length + output) * Features.Length, Features.Length);
    }

    /// <summary>An output of a row: the base and all that its features add.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or output.</exception>
    public double Sum(int row, int output = 0)
    {
        double sum = Base[output];
        foreach (double value in Row(row, output)) sum += value;
        return sum;
    }

    /// <summary>By how much each feature moves an output, on average over the rows and whatever the direction; the sum over all outputs if none is named.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such output.</exception>
    public ImmutableArray<FeatureImportance> Importances(int? output = null)
    {
        if (output is { } one) CheckPlace(0, one);
        double[] sums = new double[Features.Length];
        for (int row = 0; row < Rows; row++)
            for (int k = output ?? 0; k <= (output ?? Outputs.Length - 1); k++)
            {
                var values = Row(row, k);
                for (int j = 0; j < sums.Length; j++) sums[j] += Math.Abs(values[j]);
            }
        return [.. sums.Select((sum, j) => new FeatureImportance(Features[j], Rows == 0 ? 0 : sum / Rows))];
    }

    void CheckPlace(int row, int output)
    {
        if (row < 0 || (row >= Rows && row > 0)) throw new ArgumentOutOfRangeException(nameof(row), row, $"There is no row {row} among {Rows} that are explained.");
        if ((uint)output >= (uint)Outputs.Length) throw new ArgumentOutOfRangeException(nameof(output), output, $"There is no output {output}; there are {Outputs.Length}: {string.Join(", ", Outputs)}.");
    }
}

/// <summary>
/// How the features of each row act together: off the diagonal half of what two features add jointly, on it what a feature adds alone;
/// the rows of a matrix sum to the <see cref="ShapValues"/> of their features.
/// </summary>
/// <remarks>Lundberg et al., "From local explanations to global understanding with explainable AI for trees", 2020.</remarks>
public sealed record ShapInteractions
{
    /// <summary>The values of the features alone, whose names, outputs and scale hold here too.</summary>
    public required ShapValues Sums { get; init; }

    /// <summary>(rows × outputs × features × features) values.</summary>
    public required ImmutableArray<double> Values { get; init; }

    /// <summary>The (features × features) matrix of an output in a row, one of its rows after another.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or output.</exception>
    public ReadOnlySpan<double> Row(int row, int output = 0)
    {
        int features = Sums.Row(row, output).Length;
        return Values.AsSpan((row * Sums.Outputs.Length + output) * features * features, features * features);
    }
}
