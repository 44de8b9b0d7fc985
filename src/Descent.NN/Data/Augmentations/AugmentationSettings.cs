using System.Runtime.CompilerServices;

namespace Descent.NN;

/// <summary>The checks of augmentations' settings.</summary>
static class AugmentationSettings
{
    internal static double Probability(double value, [CallerArgumentExpression(nameof(value))] string name = "") => value is >= 0 and <= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must be in [0, 1].");

    internal static double AtLeast(double low, double value, [CallerArgumentExpression(nameof(value))] string name = "") => value >= low && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must be at least {low} and finite.");

    internal static int AtLeast(int low, int value, [CallerArgumentExpression(nameof(value))] string name = "") => value >= low
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must be at least {low}.");

    /// <summary>An interval that lies above a bound, or at it where that is allowed.</summary>
    internal static (double Low, double High) Interval(double above, (double Low, double High) value, bool orAt = false, [CallerArgumentExpression(nameof(value))] string name = "") =>
        (orAt ? value.Low >= above : value.Low > above) && value.High >= value.Low && double.IsFinite(value.High)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} is [{value.Low}, {value.High}]; expected low ≤ high, both {(orAt ? "at least" : "above")} {above} and finite.");
}
