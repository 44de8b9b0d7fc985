using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>How the features come to a network's inputs.</summary>
public sealed record MlpEncoding
{
    /// <summary>What is taken from each number, 0 of categories.</summary>
    public required ImmutableArray<double> Means { get; init; }

    /// <summary>By what it is divided then, 1 of categories.</summary>
    public required ImmutableArray<double> Scales { get; init; }

    /// <summary>Whether missing values of a number have an input of their own.</summary>
    public required ImmutableArray<bool> HasGaps { get; init; }

    /// <summary>The levels of each category and one more for the missing, 0 of numbers.</summary>
    public required ImmutableArray<int> Levels { get; init; }

    /// <summary>Inputs that are numbers.</summary>
    internal int Numbers => Levels.Count(l => l == 0) + HasGaps.Count(h => h);

    internal static MlpEncoding Of(Features x, double[] weights)
    {
        int columns = x.Columns;
        double[] means = new double[columns], scales = new double[columns];
        bool[] gaps = new bool[columns];
        int[] levels = new int[columns];
        Array.Fill(scales, 1);
        for (int j = 0; j < columns; j++)
        {
            if (x.Schema.Features[j].IsCategory)
            {
                levels[j] = x.Schema.Features[j].Levels.Length + 1;
                continue;
            }
            double total = 0, squares = 0;
            var column = x.Column(j);
            for (int i = 0; i < column.Length; i++)
            {
                gaps[j] |= !double.IsFinite(column[i]);
                if (!double.IsFinite(column[i]) || weights[i] == 0) continue;
                // Welford's way, right for numbers of any size.
                total += weights[i];
                double away = column[i] - means[j];
                means[j] += away * weights[i] / total;
                squares += weights[i] * away * (column[i] - means[j]);
            }
            if (squares > 0) scales[j] = Math.Sqrt(squares / total);
        }
        return new() { Means = [.. means], Scales = [.. scales], HasGaps = [.. gaps], Levels = [.. levels] };
    }

    /// <summary>Rows as inputs: (n × numbers) standardised numbers, missing ones 0 and marked, and (categories × n) levels from 1, missing ones 0.</summary>
    internal (float[] Numbers, long[] Levels) Encode(ReadOnlySpan<double> rows)
    {
        int columns = Means.Length, count = rows.Length / columns, width = Numbers;
        float[] numbers = new float[count * width];
        long[] levels = new long[Levels.Count(l => l > 0) * count];
        for (int i = 0; i < count; i++)
            for (int j = 0, at = i * width, category = 0; j < columns; j++)
            {
                double value = rows[i * columns + j];
                if (Levels[j] > 0)
                {
                    levels[category++ * count + i] = value >= 0 && value < Levels[j] - 1 ? (long)value + 1 : 0;
                    continue;
                }
                bool isGap = !double.IsFinite(value);
                numbers[at++] = isGap ? 0 : (float)((value - Means[j]) / Scales[j]);
                if (HasGaps[j]) numbers[at++] = isGap ? 1 : 0;
            }
        return (numbers, levels);
    }
}
