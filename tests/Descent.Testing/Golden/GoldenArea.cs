using System.Text.Json;
using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.Testing;

/// <summary>One list of cases with its tensors.</summary>
public sealed class GoldenArea
{
    readonly Dictionary<string, GoldenCase> _cases = [];
    readonly Lazy<IReadOnlyDictionary<string, Tensor>> _tensors;

    GoldenArea(string file, JsonElement root)
    {
        Folder = Path.GetDirectoryName(file)!;
        Name = Path.GetFileNameWithoutExtension(file);
        string? tensors = root.TryGetProperty("file", out var named) ? named.GetString() : null;
        _tensors = new(() => tensors is null ? new Dictionary<string, Tensor>() : Safetensors.Load(Path.Combine(Folder, tensors)));
        foreach (var item in root.GetProperty("cases").EnumerateArray())
        {
            var one = new GoldenCase(this, item);
            _cases.Add(one.Id, one);
        }
    }

    public string Name { get; }

    /// <summary>Where the area lies; files that cases name are relative to it.</summary>
    public string Folder { get; }

    public IReadOnlyDictionary<string, GoldenCase> Cases => _cases;

    /// <summary>The tensor of a key.</summary>
    public Tensor Tensor(string key) => _tensors.Value.TryGetValue(key, out var tensor) ? tensor
        : throw new InvalidDataException($"{Name}.safetensors has no tensor '{key}'.");

    public static GoldenArea Read(string file)
    {
        using var stream = File.OpenRead(file);
        return new(file, JsonDocument.Parse(stream).RootElement);
    }
}
