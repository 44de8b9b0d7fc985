using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tabular;

/// <summary>What the public doors check.</summary>
static class Check
{
    internal static T AtLeast<T>(T least, T value, [CallerMemberName] string name = "") where T : INumber<T> =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, $"{name} is {value}; it must be at least {least}.");

    internal static T Above<T>(T bound, T value, [CallerMemberName] string name = "") where T : INumber<T> =>
        value > bound ? value : throw new ArgumentOutOfRangeException(name, $"{name} is {value}; it must be greater than {bound}.");

    internal static T Within<T>(T least, T most, T value, [CallerMemberName] string name = "") where T : INumber<T> =>
        value >= least && value <= most ? value
            : throw new ArgumentOutOfRangeException(name, $"{name} is {value}; it must be between {least} and {most}.");

    /// <summary>What an error says, without the name of the parameter in the code.</summary>
    internal static string Text(ArgumentException error) => error.ParamName is { } name ? error.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : error.Message;

    internal static ImmutableArray<T> NotEmpty<T>(ImmutableArray<T> values, [CallerMemberName] string name = "") =>
        values.IsDefaultOrEmpty ? throw new ArgumentException($"{name} is empty; expected at least one.", name) : values;
}
