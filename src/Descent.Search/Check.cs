using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Search;

/// <summary>What the public doors check.</summary>
static class Check
{
    internal static T AtLeast<T>(T least, T value, [CallerMemberName] string name = "") where T : INumber<T> =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, $"{name} is {value}; it must be at least {least}.");

    internal static T Within<T>(T least, T most, T value, [CallerMemberName] string name = "") where T : INumber<T> =>
        value >= least && value <= most ? value
            : throw new ArgumentOutOfRangeException(name, $"{name} is {value}; it must be between {least} and {most}.");
}
