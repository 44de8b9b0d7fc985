namespace Descent.Tensors.Formats;

/// <summary>What is said about a file that does not keep to its format: always where.</summary>
static class Damage
{
    internal static InvalidDataException At(string file, long offset, string what, Exception? cause = null) =>
        new($"{file}: byte {offset}: {what}", cause);

    /// <summary>A name from a file, short and printable enough to stand in a message.</summary>
    internal static string Quote(string text)
    {
        if (text.Length > 80) text = string.Concat(text.AsSpan(0, 80), "…");
        return '"' + string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) + '"';
    }
}
