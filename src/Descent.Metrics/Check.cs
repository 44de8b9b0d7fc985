using System.Runtime.CompilerServices;

namespace Descent.Metrics;

/// <summary>What the public doors check.</summary>
static class Check
{
    /// <summary>As many predictions as truths, and as many weights or none.</summary>
    internal static void SameLength(int truth, int predicted, int weights, [CallerMemberName] string metric = "")
    {
        if (truth != predicted) throw new ArgumentException($"{metric}: {truth} true values but {predicted} predicted ones; expected as many.");
        if (weights != 0 && weights != truth) throw new ArgumentException($"{metric}: {weights} sample weights for {truth} samples; expected as many, or none.");
    }

    /// <summary>A matrix of rows of <paramref name="columns"/> numbers; gives the number of rows.</summary>
    internal static int Rows(int elements, int columns, string what, [CallerMemberName] string metric = "")
    {
        if (columns < 1) throw new ArgumentOutOfRangeException(nameof(columns), columns, $"{metric}: {columns} columns; expected at least 1.");
        return elements % columns == 0 ? elements / columns
            : throw new ArgumentException($"{metric}: {elements} {what} are no whole rows of {columns}.");
    }

    internal static void NotNaN(ReadOnlySpan<double> values, [CallerMemberName] string metric = "")
    {
        for (int i = 0; i < values.Length; i++)
            if (double.IsNaN(values[i])) throw new ArgumentException($"{metric}: score {i} is NaN; expected numbers, which can be put in order.");
    }

    internal static void Probabilities(ReadOnlySpan<double> values, [CallerMemberName] string metric = "")
    {
        for (int i = 0; i < values.Length; i++)
            if (!(values[i] is >= 0 and <= 1)) throw new ArgumentException($"{metric}: number {i} is {values[i]}; expected a probability, 0 to 1.");
    }

    /// <summary>The weight of a sample, 1 where there are none.</summary>
    internal static double At(this ReadOnlySpan<double> weights, int i) => weights.IsEmpty ? 1 : weights[i];
}
