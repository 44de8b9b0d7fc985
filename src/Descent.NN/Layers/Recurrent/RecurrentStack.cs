using Descent.Tensors;

namespace Descent.NN;

/// <summary>The layers and directions of a recurrent module: their parameters, their order, and the forms of its input.</summary>
sealed class RecurrentStack
{
    internal readonly record struct Weights(Tensor Ih, Tensor Hh, Tensor? BiasIh, Tensor? BiasHh, Tensor? Hr);

    /// <summary>One direction of one layer over steps, or over rows of a table: the output, and the last states.</summary>
    internal delegate (Tensor Output, Tensor[] States) Direction(Tensor x, Tensor? table, Tensor[] first, Weights weights, ReadOnlySpan<int> batchSizes, bool reverse);

    readonly string _name;
    readonly int _layers, _inputSize;
    readonly int[] _stateSizes;
    readonly bool _bias, _batchFirst, _bidirectional;
    readonly double _dropout;
    readonly Generator? _generator;

    internal RecurrentStack(string name, int gates, int inputSize, int hiddenSize, int layers, bool bias, bool batchFirst, double dropout,
        bool bidirectional, int projSize, DType? dtype, Generator? generator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hiddenSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        if (projSize < 0 || projSize >= hiddenSize)
            throw new ArgumentOutOfRangeException(nameof(projSize), projSize, $"{name}: projSize is {projSize}; it must be at least 0 and below hiddenSize, {hiddenSize}.");
        if (!(dropout is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(dropout), dropout, $"{name}: dropout is {dropout}; it must be from 0 to 1.");
        (_name, _layers, _inputSize, _bias, _batchFirst, _bidirectional, _dropout, _generator) =
            (name, layers, inputSize, bias, batchFirst, bidirectional, dropout, generator);
        int projected = projSize > 0 ? projSize : hiddenSize;
        _stateSizes = gates == 4 ? [projected, hiddenSize] : [projected];

        double bound = 1 / Math.Sqrt(hiddenSize);
        for (int layer = 0; layer < layers; layer++)
            foreach (string suffix in Suffixes(layer))
            {
                int width = layer == 0 ? inputSize : projected * Directions;
                Add($"weight_ih{suffix}", gates * hiddenSize, width);
                Add($"weight_hh{suffix}", gates * hiddenSize, projected);
                if (bias) Add($"bias_ih{suffix}", gates * hiddenSize);
                if (bias) Add($"bias_hh{suffix}", gates * hiddenSize);
                if (projSize > 0) Add($"weight_hr{suffix}", projSize, hiddenSize);
            }

        void Add(string key, params ReadOnlySpan<int> shape) =>
            Parameters.Add(key, new NamedParameter(new(Init.Uniform_(Tensor.Empty([.. shape], dtype), -bound, bound, generator))));
    }

    internal OrderedDictionary<string, Module> Parameters { get; } = [];

    internal int Directions => _bidirectional ? 2 : 1;

    IEnumerable<string> Suffixes(int layer) => _bidirectional ? [$"_l{layer}", $"_l{layer}_reverse"] : [$"_l{layer}"];

    /// <summary>Every matrix meets every row of the input, and every bias is added to every row; gates are left out.</summary>
    internal long Flops(long rows) => rows * Parameters.Values.Sum(p => ((NamedParameter)p).Value is { Rank: 2 } matrix ? 2L * matrix.Elements : ((NamedParameter)p).Value.Elements);

    /// <summary>All layers over a padded or unbatched input; first states of null are zeros.</summary>
    internal (Tensor Output, Tensor[] States) Run(Tensor x, Tensor?[] first, bool training, Direction direction)
    {
        if (x.Rank is not (2 or 3) || x.Shape[^1] != _inputSize)
            throw new ShapeException($"{_name}: the input has shape {x.Shape}. Expected {(_batchFirst ? $"(N, L, {_inputSize})" : $"(L, N, {_inputSize})")} or (L, {_inputSize}).");
        bool single = x.Rank == 2;
        if (single) x = x.Unsqueeze(1);
        else if (_batchFirst) x = x.Transpose(0, 1);
        var states = Array.ConvertAll(first, s => s is null || !single ? s : s.Rank == 2 ? s.Unsqueeze(1)
            : throw new ShapeException($"{_name}: a state has shape {s.Shape} for an input without batch. Expected ({_layers * Directions}, hidden)."));
        var (y, last) = Run(x, null, x.Shape[1], states, default, training, direction);
        return single ? (y.Squeeze(1), Array.ConvertAll(last, s => s.Squeeze(1))) : (_batchFirst ? y.Transpose(0, 1) : y, last);
    }

    /// <summary>All layers over a packed input; states are in the order in which the sequences came.</summary>
    internal (PackedSequence Output, Tensor[] States) Run(PackedSequence x, Tensor?[] first, bool training, Direction direction)
    {
        if (x.Data.Rank != 2 || x.Data.Shape[1] != _inputSize)
            throw new ShapeException($"{_name}: the packed input has rows of {x.Data.Shape}. Expected (rows, {_inputSize}).");
        var states = Array.ConvertAll(first, s => s is null ? null : Ordered(s, x.SortedIndices));
        var (y, last) = Run(x.Data, null, x.BatchSizes[0], states, [.. x.BatchSizes], training, direction);
        return (x with { Data = y }, Array.ConvertAll(last, s => Ordered(s, x.UnsortedIndices)));
    }

    /// <summary>All layers over rows of a table that integers <c>(N, L)</c> or <c>(L, N)</c> name.</summary>
    internal (Tensor Output, Tensor[] States) Run(Tensor tokens, Tensor table, Tensor?[] first, bool training, Direction direction)
    {
        if (_batchFirst) tokens = tokens.Transpose(0, 1);
        var (y, last) = Run(tokens, table, tokens.Shape[1], first, default, training, direction);
        return (_batchFirst ? y.Transpose(0, 1) : y, last);
    }

    /// <summary>Whether it pays to multiply a table's rows instead of what is looked up in it, and the table gives inputs of this stack.</summary>
    internal bool TakesRows(Tensor tokens, Tensor table) => tokens.Rank == 2 && table.Shape[1] == _inputSize && 2 * table.Shape[0] <= tokens.Elements;

    static Tensor Ordered(Tensor state, IReadOnlyList<int>? order) =>
        order is null ? state : state.IndexSelect(1, Tensor.From<int>([.. order]));

    (Tensor Output, Tensor[] States) Run(Tensor x, Tensor? table, int batch, Tensor?[] first, int[]? batchSizes, bool training, Direction direction)
    {
        int count = _layers * Directions;
        var states = new Tensor[first.Length];
        for (int k = 0; k < states.Length; k++)
        {
            Shape expected = new(count, batch, _stateSizes[k]);
            states[k] = first[k] ?? Tensor.Zeros(expected, (table ?? x).DType);
            if (states[k].Shape != expected)
                throw new ShapeException($"{_name}: a state has shape {states[k].Shape}. Expected {expected}: layers times directions, sequences, width.");
        }
        var last = Array.ConvertAll(states, _ => new Tensor[count]);
        for (int layer = 0, place = 0; layer < _layers; layer++)
        {
            if (layer > 0 && _dropout > 0) x = F.Dropout(x, _dropout, training, _generator);
            var outputs = new List<Tensor>();
            foreach (string suffix in Suffixes(layer))
            {
                var (y, ends) = direction(x, layer == 0 ? table : null, Array.ConvertAll(states, s => s.Select(0, place)), Of(suffix), batchSizes, outputs.Count == 1);
                outputs.Add(y);
                for (int k = 0; k < ends.Length; k++) last[k][place] = ends[k];
                place++;
            }
            x = outputs.Count == 1 ? outputs[0] : Tensor.Cat([.. outputs], x.Rank - 1);
        }
        return (x, Array.ConvertAll(last, s => Tensor.Stack(s)));
    }

    Weights Of(string suffix) => new(Find($"weight_ih{suffix}")!, Find($"weight_hh{suffix}")!, _bias ? Find($"bias_ih{suffix}") : null,
        _bias ? Find($"bias_hh{suffix}") : null, Find($"weight_hr{suffix}"));

    Parameter? Find(string key) => Parameters.TryGetValue(key, out var module) ? ((NamedParameter)module).Value : null;
}
