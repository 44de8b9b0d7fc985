using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Descent.Tensors;
using Xunit;

namespace Descent.Testing;

/// <summary>ONNX Runtime, as the package for node has it, through <c>tests/interop/onnx_runtime.mjs</c>.</summary>
public static class OnnxRuntime
{
    static readonly Lazy<bool> s_isThere = new(() => Interop.Run("node", Path.Combine(RepositoryRoot.Path, "tests/interop/onnx_runtime.mjs")).Exit == 0);

    /// <summary>Whether there are node and the package: beside the script, or in the folder that <c>ORT_NODE_MODULES</c> names.</summary>
    public static bool IsThere => s_isThere.Value;

    public const string Missing = "Needs node and onnxruntime-node: run npm install --ignore-scripts in tests/interop, or set ORT_NODE_MODULES.";

    /// <summary>Files of models and of what goes in and comes out, until they are run together.</summary>
    public sealed class Batch : IDisposable
    {
        readonly TemporaryFolder _folder = new();
        readonly JsonArray _models = [];

        /// <summary>A path for the next model's file.</summary>
        public string ModelPath => _folder[$"{_models.Count}.onnx"];

        /// <summary>Adds the file at <see cref="ModelPath"/> with inputs and the outputs that are expected.</summary>
        public void Add(string name, params (IReadOnlyList<(string Name, Tensor Value)> Inputs, IReadOnlyList<(string Name, Tensor Value)> Outputs)[] runs)
        {
            string path = ModelPath;
            _models.Add((JsonNode)new JsonObject
            {
                ["name"] = name,
                ["model"] = path,
                ["runs"] = new JsonArray([.. runs.Select((run, i) => (JsonNode)new JsonObject
                {
                    ["inputs"] = Tensors(run.Inputs, $"{path}.{i}.in"),
                    ["outputs"] = Tensors(run.Outputs, $"{path}.{i}.out"),
                })]),
            });
        }

        /// <summary>Runs all, and fails with those that differ by more than a tolerance, relative above 1.</summary>
        public void AssertSame(double tolerance)
        {
            var results = Run();
            Assert.Equal(_models.Count, results.Count);
            var failures = results.Where(r => r.Value.Error is not null || !(r.Value.Difference <= tolerance))
                .Select(r => $"{r.Key}: {r.Value.Error ?? string.Create(CultureInfo.InvariantCulture, $"differs by {r.Value.Difference:G3}")}").ToArray();
            // The differences themselves, for who wants to know.
            if (Environment.GetEnvironmentVariable("DESCENT_INTEROP_LOG") is { } log)
                File.AppendAllLines(log, results.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key}: {r.Value.Error ?? r.Value.Difference.ToString("G3", CultureInfo.InvariantCulture)}")));
            Assert.True(failures.Length == 0, string.Join('\n', failures));
        }

        /// <summary>Runs all; the largest difference of each, or what went wrong.</summary>
        IReadOnlyDictionary<string, (double Difference, string? Error)> Run()
        {
            File.WriteAllText(_folder["manifest.json"], _models.ToJsonString());
            string output = Interop.Script("node", "onnx_runtime.mjs", _folder["manifest.json"]);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement)
                .ToDictionary(r => r.GetProperty("name").GetString()!, r => r.TryGetProperty("error", out var error) ? (double.NaN, error.GetString())
                    : (r.GetProperty("difference").ValueKind == JsonValueKind.Null ? double.PositiveInfinity : r.GetProperty("difference").GetDouble(), (string?)null));
        }

        static JsonArray Tensors(IReadOnlyList<(string Name, Tensor Value)> tensors, string path) => new([.. tensors.Select((t, i) =>
        {
            string file = string.Create(CultureInfo.InvariantCulture, $"{path}{i}.bin");
            File.WriteAllBytes(file, t.Value.Detach().Contiguous().AsBytes());
            return (JsonNode)new JsonObject
            {
                ["name"] = t.Name,
                ["type"] = t.Value.DType.ToString().ToLowerInvariant(),
                ["dims"] = new JsonArray([.. t.Value.Shape.Select(d => (JsonNode)d)]),
                ["file"] = file,
            };
        })]);

        public void Dispose() => _folder.Dispose();
    }
}

/// <summary>A test that ONNX Runtime takes part in; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnnxRuntimeFactAttribute : FactAttribute
{
    public override string Skip
    {
        get => OnnxRuntime.IsThere ? null! : OnnxRuntime.Missing;
        set => throw new NotSupportedException();
    }
}
