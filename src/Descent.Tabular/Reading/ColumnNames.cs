using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Names of columns as a frame needs them: none empty, no two alike.</summary>
static class ColumnNames
{
    internal static ImmutableArray<string> Unique(IEnumerable<string> names, ReadReport report)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var unique = ImmutableArray.CreateBuilder<string>();
        var asked = names.Select(n => n.Trim()).ToArray();
        // A name that is written may not be taken by one that is made up.
        var written = asked.ToHashSet(StringComparer.Ordinal);
        for (int i = 0; i < asked.Length; i++)
        {
            string name = asked[i];
            if (name.Length == 0 || !taken.Add(name))
            {
                string stem = name.Length == 0 ? $"column_{i + 1}" : name;
                string free = name.Length == 0 ? stem : $"{stem}_2";
                for (int k = 2; written.Contains(free) || !taken.Add(free); k++) free = $"{stem}_{k}";
                report.Note(name.Length == 0 ? $"Column {i + 1} has no name; it is called '{free}'." : $"Column {i + 1} is called '{name}' like one before it; it is called '{free}'.");
                name = free;
            }
            unique.Add(name);
        }
        return unique.ToImmutable();
    }
}
