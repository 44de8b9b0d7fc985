using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Which features may be asked for below others.</summary>
sealed class InteractionSets(ImmutableArray<ImmutableArray<int>> sets)
{
    /// <summary>The features that may follow those already asked for on the way: these, and all that share a set with all of these. Null is all.</summary>
    internal HashSet<int>? After(int[] path)
    {
        if (sets.IsEmpty || path.Length == 0) return null;
        var allowed = new HashSet<int>(path);
        foreach (var set in sets)
            if (path.All(set.Contains)) allowed.UnionWith(set);
        return allowed;
    }

    /// <summary>The way, and one feature more.</summary>
    internal int[] Extend(int[] path, int feature) => sets.IsEmpty || path.Contains(feature) ? path : [.. path, feature];
}
