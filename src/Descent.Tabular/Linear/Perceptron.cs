using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Rosenblatt's rule: a row on the wrong side moves the boundary towards itself; each class against the rest.</summary>
/// <remarks>
/// Rosenblatt, "The Perceptron", 1957. If a plane with margin γ parts rows no longer than R, there are at most (R / γ)² mistakes
/// (Novikoff, 1962). Weights of rows scale their steps.
/// </remarks>
public sealed record Perceptron : IClassifier<PerceptronModel>
{
    /// <summary>The greatest number of passes; fewer where one makes no mistake.</summary>
    public int Epochs { get; init => field = Check.AtLeast(1, value); } = 1000;

    /// <summary>Whether each pass goes through the rows in another order.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Decides the orders.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public PerceptronModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.CheckClasses(nameof(Perceptron), x, y, weights);
        int columns = x.Columns, planes = y.Classes.Length == 2 ? 1 : y.Classes.Length;
        double[] rows = x.ToRows(), beta = new double[planes * columns], intercepts = new double[planes];
        int[] order = [.. Enumerable.Range(0, x.Rows)], codes = y.Codes.ToArray();
        bool isParted = true;
        for (int k = 0; k < planes; k++)
        {
            int positive = planes == 1 ? 1 : k, mistakes = 1;
            var own = beta.AsSpan(k * columns, columns);
            for (int epoch = 0; epoch < Epochs && mistakes > 0; epoch++)
            {
                if (Shuffle) new Generator(Seed, (ulong)epoch + 1).Shuffle<int>(order);
                mistakes = 0;
                foreach (int i in order)
                {
                    var row = rows.AsSpan(i * columns, columns);
                    int sign = codes[i] == positive ? 1 : -1;
                    if (w[i] == 0 || sign * (TensorPrimitives.Dot<double>(row, own) + intercepts[k]) > 0) continue;
                    mistakes++;
                    TensorPrimitives.MultiplyAdd(row, sign * w[i], own, own);
                    intercepts[k] += sign * w[i];
                }
            }
            isParted &= mistakes == 0;
        }
        return new() { Schema = x.Schema, Classes = y.Classes, Weights = [.. beta], Intercepts = [.. intercepts], IsSeparating = isParted };
    }
}

/// <summary>What <see cref="Perceptron"/> learned: one plane for two classes, else one a class.</summary>
public sealed record PerceptronModel : LinearScoreModel
{
    /// <summary>Whether the last pass made no mistake: every plane parts its class from the others.</summary>
    public required bool IsSeparating { get; init; }
}
