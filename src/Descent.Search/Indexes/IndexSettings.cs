using System.Globalization;

namespace Descent.Search;

/// <summary>What an index of any kind is made from.</summary>
/// <param name="dimension">Elements of a vector.</param>
public sealed class IndexSettings(int dimension)
{
    readonly List<(string Name, string Default)> _taken = [];

    /// <summary>Elements of a vector.</summary>
    public int Dimension { get; } = dimension;

    /// <summary>How distance is measured.</summary>
    public VectorMetric Metric { get; init; }

    /// <summary>How elements are stored.</summary>
    public VectorElement Elements { get; init; }

    /// <summary>Decides what is drawn by lot.</summary>
    public ulong Seed { get; init; }

    /// <summary>Parameters of the kind by their names, such as <c>m</c> or <c>ef_construction</c>.</summary>
    public IReadOnlyDictionary<string, string> Named { get; init; } = new Dictionary<string, string>();

    /// <summary>A parameter, or what it is where nobody sets it.</summary>
    internal int Take(string name, int otherwise)
    {
        _taken.Add((name, otherwise.ToString(CultureInfo.InvariantCulture)));
        if (!Named.TryGetValue(name, out string? text)) return otherwise;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value
            : throw new ArgumentException($"{name} is '{text}'; expected a whole number, such as {otherwise}.");
    }

    /// <summary>One of some names, in any case, or what it is where nobody sets it.</summary>
    internal T Take<T>(string name, T otherwise) where T : struct, Enum
    {
        _taken.Add((name, Enum.GetName(otherwise)!.ToLowerInvariant()));
        if (!Named.TryGetValue(name, out string? text)) return otherwise;
        string? known = Enum.GetNames<T>().FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        return known is not null ? Enum.Parse<T>(known)
            : throw new ArgumentException($"{name} is '{text}'; there are: {string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}.");
    }

    /// <exception cref="ArgumentException">A parameter was given that the kind has not asked for.</exception>
    internal void CheckAllTaken(string kind)
    {
        foreach (string name in Named.Keys)
            if (!_taken.Exists(t => t.Name == name))
                throw new ArgumentException($"{kind} has no parameter '{name}'; " + (_taken.Count == 0 ? "it has none." : $"there are: {string.Join(", ", _taken.Select(t => $"{t.Name} ({t.Default})"))}."));
    }
}
