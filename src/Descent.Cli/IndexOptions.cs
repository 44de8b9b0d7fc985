using System.CommandLine;
using System.Globalization;
using Descent.Search;
using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.Cli;

/// <summary>What several verbs on indexes take.</summary>
static class IndexOptions
{
    static readonly Dictionary<string, VectorMetric> s_metrics = new()
    {
        ["l2"] = VectorMetric.SquaredEuclidean,
        ["ip"] = VectorMetric.InnerProduct,
        ["cosine"] = VectorMetric.Cosine,
        ["hamming"] = VectorMetric.Hamming,
    };

    static readonly Dictionary<string, VectorElement> s_elements = new()
    {
        ["float32"] = VectorElement.Float32,
        ["float16"] = VectorElement.Float16,
        ["int8"] = VectorElement.Int8,
        ["binary"] = VectorElement.Binary,
    };

    internal static string Kinds => string.Join(", ", IndexKinds.All.Select(k => k.Name));

    internal static Argument<FileInfo> Index() => new("index") { Description = "Index file of descent index build." };

    internal static Option<string> Metric() => new("--metric") { Description = "l2 (squared Euclidean), ip (inner product), cosine or hamming.", DefaultValueFactory = _ => "l2" };

    internal static Option<string?> Elements() => new("--elements") { Description = "How elements are stored: float32, float16, int8 or binary. [default: float32; binary for hamming]" };

    internal static Option<string[]> Settings() => new("--set") { Description = "A parameter of the kind as name=value; a wrong one names those there are.", AllowMultipleArgumentsPerToken = true };

    internal static Option<ulong> Seed() => new("--seed") { Description = "Decides all that is drawn by lot; the same seed gives the same index on any number of threads." };

    /// <summary>What an index of a dimension is made from.</summary>
    internal static IndexSettings Make(int dimension, string metric, string? elements, string[]? settings, ulong seed) => new(dimension)
    {
        Metric = Pick(s_metrics, "--metric", metric),
        Elements = elements is not null ? Pick(s_elements, "--elements", elements) : metric == "hamming" ? VectorElement.Binary : VectorElement.Float32,
        Seed = seed,
        Named = (settings ?? []).Select(Split).ToDictionary(s => s.Name, s => s.Value),
    };

    internal static string Describe(VectorIndex index) =>
        $"{s_metrics.First(m => m.Value == index.Metric).Key}, {s_elements.First(e => e.Value == index.Elements).Key}";

    internal static VectorIndex Open(FileInfo file) => VectorIndex.Open(file.FullName);

    /// <summary>Numbers with commas between, or one a line of a file.</summary>
    internal static long[] Ids(string given)
    {
        if (!File.Exists(given))
            return [.. given.Split(',', StringSplitOptions.TrimEntries).Select(text => Id(text) ?? throw new ArgumentException($"'{given}' is no file, and '{text}' no id; expected whole numbers with commas between, or a file of them."))];
        var ids = new List<long>();
        using var lines = new BoundedLines(File.OpenRead(given), given, 1 << 16);
        while (lines.Read())
        {
            string line = System.Text.Encoding.UTF8.GetString(lines.Current.Span).Trim();
            if (line.Length > 0) ids.Add(Id(line) ?? throw new InvalidDataException($"{given}: line {lines.Number} is no id; expected one whole number on each."));
        }
        return [.. ids];
    }

    /// <summary>Numbers with commas or blanks between.</summary>
    internal static float[] Vector(string given, string option) =>
        [.. given.Split((char[])[',', ' ', '[', ']'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(text =>
            float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float x) ? x : throw new ArgumentException($"{option}: '{text}' is no number; expected such as 0.5,1.25,-3."))];

    internal static string Megabytes(long bytes) => bytes >= 100_000 ? $"{bytes / 1e6:N1} MB" : $"{bytes:N0} bytes";

    static long? Id(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long id) ? id : null;

    static (string Name, string Value) Split(string given) =>
        given.Split('=', 2) is [{ Length: > 0 } name, var value] ? (name, value) : throw new ArgumentException($"--set {given}: expected name=value.");

    static T Pick<T>(Dictionary<string, T> names, string option, string given) =>
        names.TryGetValue(given, out var value) ? value : throw new ArgumentException($"{option} {given} is not known; there are: {string.Join(", ", names.Keys)}.");
}
