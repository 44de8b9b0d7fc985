namespace Descent.Testing;

/// <summary>A folder of reference cases: every <c>&lt;area&gt;.json</c> in it, beside its <c>&lt;area&gt;.safetensors</c>.</summary>
public sealed class GoldenFolder(string path)
{
    /// <summary>Names the folder; without it, <c>../shared/golden</c> beside the repository.</summary>
    public const string Variable = "DESCENT_GOLDEN";

    static readonly Lazy<GoldenFolder> s_default = new(Locate);

    /// <summary>The folder of this run, which may not exist.</summary>
    public static GoldenFolder Default => s_default.Value;

    public string Path { get; } = path;

    public bool Exists => Directory.Exists(Path);

    /// <summary>The areas, by name.</summary>
    public IReadOnlyDictionary<string, Lazy<GoldenArea>> Areas { get; } = (Directory.Exists(path) ? Directory.GetFiles(path, "*.json") : [])
        .Order(StringComparer.Ordinal)
        .ToDictionary(file => System.IO.Path.GetFileNameWithoutExtension(file), file => new Lazy<GoldenArea>(() => GoldenArea.Read(file)));

    static GoldenFolder Locate()
    {
        string root = RepositoryRoot.Path;
        string? named = Environment.GetEnvironmentVariable(Variable);
        return new(System.IO.Path.GetFullPath(string.IsNullOrEmpty(named) ? "../shared/golden" : named, root));
    }
}
