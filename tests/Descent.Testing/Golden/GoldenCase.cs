using System.Text.Json;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>One reference case: an operation, its arguments, and the keys of its tensors by section.</summary>
public sealed class GoldenCase
{
    internal GoldenCase(GoldenArea area, JsonElement json)
    {
        Area = area;
        Json = json;
        Id = json.GetProperty("id").GetString()!;
        Op = json.GetProperty("op").GetString()!;
        Args = json.TryGetProperty("args", out var args) ? args : default;
        Inputs = Keys("inputs");
        Params = Keys("params");
        Outputs = Keys("outputs");
        GradOutputs = Keys("grad_outputs");
        Grads = Keys("grads");
        RelativeTolerance = json.TryGetProperty("rtol", out var rtol) ? rtol.GetDouble() : 0;
        AbsoluteTolerance = json.TryGetProperty("atol", out var atol) ? atol.GetDouble() : 0;
    }

    public GoldenArea Area { get; }
    public string Id { get; }
    public string Op { get; }

    /// <summary>The whole case, for areas with sections of their own.</summary>
    public JsonElement Json { get; }

    public JsonElement Args { get; }
    public IReadOnlyDictionary<string, string> Inputs { get; }
    public IReadOnlyDictionary<string, string> Params { get; }
    public IReadOnlyDictionary<string, string> Outputs { get; }
    public IReadOnlyDictionary<string, string> GradOutputs { get; }
    public IReadOnlyDictionary<string, string> Grads { get; }
    public double RelativeTolerance { get; }
    public double AbsoluteTolerance { get; }

    /// <summary>The stored tensor of a key.</summary>
    public Tensor Tensor(string key) => Area.Tensor(key);

    public override string ToString() => $"{Area.Name}/{Id}";

    Dictionary<string, string> Keys(string section) => Json.TryGetProperty(section, out var keys) && keys.ValueKind == JsonValueKind.Object
        ? keys.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).ToDictionary(p => p.Name, p => p.Value.GetString()!)
        : [];
}
