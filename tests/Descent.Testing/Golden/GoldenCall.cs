using System.Globalization;
using System.Text.Json;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>One evaluation of a case: its tensors, in the layout under test, and its arguments by name.</summary>
public sealed class GoldenCall
{
    readonly Dictionary<string, Tensor> _tensors = [];

    /// <param name="golden">The case.</param>
    /// <param name="layout">Copies a stored tensor into the layout under test.</param>
    public GoldenCall(GoldenCase golden, Func<Tensor, Tensor> layout)
    {
        Case = golden;
        foreach (var (name, key) in golden.Params.Concat(golden.Inputs))
        {
            var tensor = layout(golden.Tensor(key));
            if (golden.Grads.ContainsKey(name)) tensor.RequiresGrad = true;
            _tensors[name] = tensor;
        }
    }

    public GoldenCase Case { get; }

    /// <summary>An input or a parameter.</summary>
    public Tensor this[string name] => Find(name) ?? throw new KeyNotFoundException($"{Case} has no input or parameter '{name}'.");

    /// <summary>An input or a parameter, or null if the case has none of that name.</summary>
    public Tensor? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>Makes another tensor, such as a layer's own parameter, the one that a gradient is taken for.</summary>
    public void Replace(string name, Tensor tensor) => _tensors[name] = tensor;

    /// <summary>The tensors <c>name.0</c>, <c>name.1</c>, …</summary>
    public Tensor[] List(string name)
    {
        var list = new List<Tensor>();
        while (Find($"{name}.{list.Count}") is { } tensor) list.Add(tensor);
        return [.. list];
    }

    // ---- Arguments -----------------------------------------------------------------------------------------------

    /// <summary>Whether the argument is there and not None.</summary>
    public bool Has(string name) => Case.Args.ValueKind == JsonValueKind.Object && Case.Args.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public JsonElement Arg(string name) => Has(name) ? Case.Args.GetProperty(name)
        : throw new KeyNotFoundException($"{Case} has no argument '{name}'.");

    public int Int(string name) => Arg(name).GetInt32();
    public int Int(string name, int missing) => Has(name) ? Int(name) : missing;
    public int? MaybeInt(string name) => Has(name) ? Int(name) : null;
    public bool Flag(string name, bool missing = false) => Has(name) ? Arg(name).GetBoolean() : missing;
    public double Double(string name) => Double(Arg(name));
    public double Double(string name, double missing) => Has(name) ? Double(name) : missing;
    public string Text(string name) => Arg(name).GetString()!;
    public string? MaybeText(string name) => Has(name) ? Text(name) : null;

    /// <summary>A list of integers; a single one is a list of one.</summary>
    public int[] Ints(string name, int? missing = null) => missing is { } number && !Has(name) ? [number]
        : Arg(name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(v => v.GetInt32())] : [Int(name)];

    public int[]? MaybeInts(string name) => Has(name) ? Ints(name) : null;

    /// <summary>Height and width; a single number is both.</summary>
    public (int Height, int Width) Pair(string name, int? missing = null) =>
        Ints(name, missing) switch { [var height, var width] => (height, width), var all => (all[0], all[0]) };

    /// <summary>Depth, height and width; a single number is all of them.</summary>
    public (int Depth, int Height, int Width) Triple(string name, int? missing = null) =>
        Ints(name, missing) switch { [var depth, var height, var width] => (depth, height, width), var all => (all[0], all[0], all[0]) };

    /// <summary>A list of numbers, a single one as a list of one; empty where there is none.</summary>
    public double[] Doubles(string name) => !Has(name) ? [] : Arg(name) is { ValueKind: JsonValueKind.Array } list
        ? [.. list.EnumerateArray().Select(v => v.GetDouble())] : [Double(name)];

    /// <summary>A number that keeps whether it is an integer.</summary>
    public Scalar Number(string name)
    {
        var value = Arg(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long integer) && !value.GetRawText().Contains('.')
            ? (Scalar)integer : Double(value);
    }

    public Scalar? MaybeNumber(string name) => Has(name) ? Number(name) : null;

    /// <summary>An integer, or null for None.</summary>
    public static int? MaybeInt(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetInt32();

    static double Double(JsonElement value) => value.ValueKind != JsonValueKind.String ? value.GetDouble() : value.GetString() switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        var text => double.Parse(text!, CultureInfo.InvariantCulture),
    };
}

/// <summary>What an operation gave, by the names of a case's outputs.</summary>
public sealed class GoldenOutputs : Dictionary<string, Tensor>
{
    public static implicit operator GoldenOutputs(Tensor output) => new() { ["output"] = output };

    public static implicit operator GoldenOutputs((Tensor Values, Tensor Indices) outputs) =>
        new() { ["values"] = outputs.Values, ["indices"] = outputs.Indices };

    public static implicit operator GoldenOutputs((Tensor Values, Tensor Inverse, Tensor Counts) outputs) =>
        new() { ["output"] = outputs.Values, ["inverse_indices"] = outputs.Inverse, ["counts"] = outputs.Counts };

    public static implicit operator GoldenOutputs(Tensor[] outputs)
    {
        var named = new GoldenOutputs();
        for (int i = 0; i < outputs.Length; i++) named.Add($"output.{i}", outputs[i]);
        return named;
    }
}
