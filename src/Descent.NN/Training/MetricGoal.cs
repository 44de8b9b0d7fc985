using System.Text.Json.Serialization;

namespace Descent.NN;

/// <summary>Which values of a figure are better.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MetricGoal>))]
public enum MetricGoal
{
    /// <summary>Lower ones.</summary>
    Min,

    /// <summary>Higher ones.</summary>
    Max,
}

static class MetricGoals
{
    extension(MetricGoal goal)
    {
        /// <summary>Whether a value is better than another by more than a margin; NaN never is, and anything is better than NaN.</summary>
        internal bool IsBetter(double value, double than, double margin = 0) =>
            !double.IsNaN(value) && (double.IsNaN(than) || (goal == MetricGoal.Min ? value < than - margin : value > than + margin));
    }

    /// <summary>The figure of a row that training is steered by.</summary>
    /// <exception cref="InvalidOperationException">The row has none of that name.</exception>
    internal static double Monitored(this MetricRow row, string name) => row.Values.TryGetValue(name, out double value) ? value
        : throw new InvalidOperationException($"There is no figure {name} to go by; the row has: {string.Join(", ", row.Values.Keys)}.");
}
