using System.Text.Json;

namespace Descent.Search;

/// <summary>What there is at a path of one payload.</summary>
/// <param name="Kind"><see cref="PayloadKind.Missing"/>, that of the only value, or <see cref="PayloadKind.Many"/>.</param>
/// <param name="One">The only value.</param>
/// <param name="Many">The values of an array, which may be none.</param>
readonly record struct PathValue(PayloadKind Kind, PayloadValue One, PayloadValue[]? Many)
{
    /// <param name="values">Room to gather them in.</param>
    internal static PathValue Read(JsonElement payload, string[] path, List<PayloadValue> values)
    {
        values.Clear();
        return !PayloadPath.Collect(payload, path, values) ? default
            : values.Count == 1 ? new(values[0].Kind, values[0], null)
            : new(PayloadKind.Many, default, [.. values]);
    }
}
