namespace Descent.Tabular;

/// <summary>How much a feature (or a column) matters, in the unit of what measured it.</summary>
/// <param name="Feature">Its name.</param>
/// <param name="Value">How much.</param>
public sealed record FeatureImportance(string Feature, double Value)
{
    /// <summary>The standard deviation over repeats, with n − 1; 0 of what was measured once.</summary>
    public double Spread { get; init; }
}
