using System.Collections.Immutable;
using Descent.NN;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>The arrays of a network: of each category a table of vectors, then of each layer weights (out × in) and constants.</summary>
public sealed record MlpWeights
{
    /// <summary>The tables of the categories, (levels × width).</summary>
    public required ImmutableArray<ImmutableArray<float>> Tables { get; init; }

    /// <summary>The weights of the layers.</summary>
    public required ImmutableArray<ImmutableArray<float>> Layers { get; init; }

    /// <summary>The constants of the layers, as many as they have outputs.</summary>
    public required ImmutableArray<ImmutableArray<float>> Constants { get; init; }
}

/// <summary>Vectors of categories beside numbers, through layers.</summary>
sealed class MlpNetwork : Module
{
    const int MostWide = 50;

    readonly Embedding[] _tables;
    readonly Linear[] _layers;
    readonly Dropout[] _drops;
    readonly MlpActivation _activation;

    internal MlpNetwork(MlpEncoding encoding, MlpOptions options, int outputs)
    {
        var generator = new Generator(options.Seed, 1);
        _tables = [.. encoding.Levels.Where(l => l > 0).Select(l => new Embedding(l, options.EmbeddingWidth ?? Math.Min(MostWide, (l + 1) / 2), dtype: DType.Float32, generator: generator))];
        int width = encoding.Numbers + _tables.Sum(t => t.Weight.Shape[1]);
        var layers = new List<Linear>();
        foreach (int next in options.Hidden.Append(outputs))
        {
            layers.Add(new(width, next, dtype: DType.Float32, generator: generator));
            width = next;
        }
        _layers = [.. layers];
        _drops = [.. options.Hidden.Select((_, k) => new Dropout(options.Dropout, new(options.Seed, (ulong)k + 2)))];
        _activation = options.Activation;
    }

    internal MlpNetwork(MlpEncoding encoding, MlpWeights weights, MlpActivation activation)
    {
        int[] levels = [.. encoding.Levels.Where(l => l > 0)];
        _tables = [.. weights.Tables.Select((t, c) => Embedding.FromPretrained(Tensor.From<float>(t.AsSpan(), [levels[c], t.Length / levels[c]])))];
        _layers = [.. weights.Layers.Select((l, k) => Filled(l, weights.Constants[k]))];
        _drops = [.. _layers.Skip(1).Select(_ => new Dropout(0))];
        _activation = activation;
        this.Eval();
    }

    internal MlpWeights Weights => new()
    {
        Tables = [.. _tables.Select(t => t.Weight.ToArray<float>().ToImmutableArray())],
        Layers = [.. _layers.Select(l => l.Weight.ToArray<float>().ToImmutableArray())],
        Constants = [.. _layers.Select(l => l.Bias!.ToArray<float>().ToImmutableArray())],
    };

    /// <summary>(n × outputs) from (n × numbers) and (categories × n).</summary>
    internal Tensor Forward(Tensor numbers, Tensor levels)
    {
        Tensor[] inputs = [numbers, .. _tables.Select((t, c) => t.Forward(levels[c]))];
        var x = inputs.Length == 1 ? numbers : Tensor.Cat(inputs, 1);
        for (int k = 0; k < _layers.Length; k++)
        {
            x = _layers[k].Forward(x);
            if (k < _drops.Length) x = _drops[k].Forward(Bend(x));
        }
        return x;
    }

    Tensor Bend(Tensor x) => _activation switch
    {
        MlpActivation.Relu => x.Relu(),
        MlpActivation.Gelu => x.Gelu(),
        MlpActivation.Silu => x.Silu(),
        _ => x.Tanh(),
    };

    static Linear Filled(ImmutableArray<float> weights, ImmutableArray<float> constants)
    {
        int outputs = constants.Length;
        var layer = new Linear(weights.Length / outputs, outputs, dtype: DType.Float32, generator: new(0));
        weights.AsSpan().CopyTo(layer.Weight.AsSpan<float>());
        constants.AsSpan().CopyTo(layer.Bias!.AsSpan<float>());
        return layer;
    }
}
