using System.Text;
using System.Text.Json;

namespace Descent.Search;

/// <summary>A way into a payload: names of properties with dots between; a backslash before a dot that belongs to a name.</summary>
static class PayloadPath
{
    internal static string[] Split(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var names = new List<string>();
        var name = new StringBuilder();
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] == '\\' && i + 1 < path.Length && path[i + 1] is '.' or '\\') name.Append(path[++i]);
            else if (path[i] == '.')
            {
                names.Add(name.ToString());
                name.Clear();
            }
            else name.Append(path[i]);
        }
        return [.. names, name.ToString()];
    }

    /// <summary>Adds the values at the end of the path; an array on the way or at the end stands for each of its elements.</summary>
    /// <returns>Whether there is something at its end, be it an empty array.</returns>
    internal static bool Collect(JsonElement element, ReadOnlySpan<string> path, List<PayloadValue> values)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            bool exists = path.IsEmpty;
            foreach (var item in element.EnumerateArray()) exists |= Collect(item, path, values);
            return exists;
        }
        if (!path.IsEmpty)
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(path[0], out var next) && Collect(next, path[1..], values);
        values.Add(PayloadValue.Of(element));
        return true;
    }
}
