using System.Globalization;
using System.Text.Json;
using Descent.Tensors;
using Descent.Tensors.Formats;
using Xunit;

namespace Descent.Testing;

/// <summary>PyTorch's own checkpoints: tensors against the same ones in safetensors, plain values against JSON.</summary>
static class CheckpointCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["torch_load"] = Load,
    };

    static GoldenOutputs Load(GoldenCall c)
    {
        string file = Path.Combine(c.Case.Area.Folder, c.Text("file"));
        var tensors = TorchCheckpoint.LoadStateDict(file);
        if (c.Has("same_as")) VerifySame(c, tensors, Safetensors.Load(Path.Combine(c.Case.Area.Folder, c.Text("same_as"))));
        VerifyValues(c, TorchCheckpoint.Load(file));

        var outputs = new GoldenOutputs();
        foreach (var (name, tensor) in tensors) outputs.Add(name, tensor);
        return outputs;
    }

    static void VerifySame(GoldenCall c, OrderedDictionary<string, Tensor> got, OrderedDictionary<string, Tensor> want)
    {
        Assert.Equal(c.Arg("order").EnumerateArray().Select(name => name.GetString()), got.Keys);
        Assert.Equal(got.Keys.Order(StringComparer.Ordinal), want.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, tensor) in want)
        {
            Assert.Equal(c.Arg("shapes").GetProperty(name).EnumerateArray().Select(size => size.GetInt32()), got[name].Shape);
            if (TensorComparer.Difference(got[name], tensor, 0, 0) is { } difference) Assert.Fail($"{c.Case}, {name}: {difference}");
        }
    }

    /// <summary>The arguments that are values of the checkpoint: those under <c>scalars</c>, and those named by a path.</summary>
    static void VerifyValues(GoldenCall c, object? root)
    {
        foreach (var argument in c.Case.Args.EnumerateObject())
        {
            if (argument.Name == "scalars")
                foreach (var scalar in argument.Value.EnumerateObject()) AssertValue(At(root, [scalar.Name]), scalar.Value, scalar.Name);
            else if (argument.Name.Contains('.'))
                AssertValue(At(root, argument.Name.Split('.')), argument.Value, argument.Name);
        }
    }

    static object? At(object? node, ReadOnlySpan<string> path)
    {
        foreach (string name in path)
            node = node switch
            {
                OrderedDictionary<object, object?> named => named.First(entry => FormattableString.Invariant($"{entry.Key}") == name).Value,
                List<object?> list => list[int.Parse(name, CultureInfo.InvariantCulture)],
                _ => throw new KeyNotFoundException($"'{name}' is not in {node}."),
            };
        return node;
    }

    static void AssertValue(object? got, JsonElement want, string name)
    {
        switch (want.ValueKind)
        {
            case JsonValueKind.Array:
                var items = Assert.IsAssignableFrom<IReadOnlyList<object?>>(got);
                Assert.Equal(want.GetArrayLength(), items.Count);
                for (int i = 0; i < items.Count; i++) AssertValue(items[i], want[i], $"{name}[{i}]");
                break;
            case JsonValueKind.Null: Assert.Null(got); break;
            case JsonValueKind.String: Assert.Equal(want.GetString(), got); break;
            case JsonValueKind.True or JsonValueKind.False: Assert.Equal(want.GetBoolean(), got); break;
            default:
                double number = got is Tensor tensor ? tensor.Item() : Convert.ToDouble(got, CultureInfo.InvariantCulture);
                Assert.Equal(want.GetDouble(), number);
                break;
        }
    }
}
