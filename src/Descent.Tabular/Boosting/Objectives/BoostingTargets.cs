namespace Descent.Tabular;

/// <summary>What is to be predicted of each row, in float32 as XGBoost has it.</summary>
sealed class BoostingTargets
{
    internal required float[] Values { get; init; }

    /// <summary>The upper ends of intervals, of which <see cref="Values"/> are the lower; empty where targets are points.</summary>
    internal float[] Upper { get; init; } = [];

    internal required float[] Weights { get; init; }

    /// <summary>Whether weights were given.</summary>
    internal bool IsWeighted { get; init; }

    /// <summary>The rows in the order of their groups.</summary>
    internal int[] GroupRows { get; init; } = [];

    /// <summary>Where each group starts in <see cref="GroupRows"/>, and the end of the last.</summary>
    internal int[] GroupStarts { get; init; } = [];

    internal int Rows => Values.Length;

    internal double Mean() => Mean(i => Values[i]);

    /// <summary>The weighted mean of something of each row; rows without weight are not asked.</summary>
    internal double Mean(Func<int, double> of)
    {
        double sum = 0, total = 0;
        for (int i = 0; i < Weights.Length; i++)
        {
            if (Weights[i] == 0) continue;
            sum += Weights[i] * of(i);
            total += Weights[i];
        }
        return sum / total;
    }

    /// <summary>A quantile of the targets: between neighbours without weights, the least that reaches the share of the weight with them.</summary>
    internal double Quantile(double share) => Quantile(Array.ConvertAll(Values, v => (double)v), Weights, IsWeighted, share);

    internal static double Quantile(double[] values, float[] weights, bool isWeighted, double share) =>
        isWeighted ? Quantiles.Lower(values, Array.ConvertAll(weights, w => (double)w), share) : Quantiles.Linear(values, share);

    internal int Groups => GroupStarts.Length - 1;

    internal ReadOnlySpan<int> Group(int group) => GroupRows.AsSpan(GroupStarts[group]..GroupStarts[group + 1]);
}
