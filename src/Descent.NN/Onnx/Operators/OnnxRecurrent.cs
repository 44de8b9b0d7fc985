using Descent.Tensors;

namespace Descent.NN;

/// <summary>Recurrent layers: the gates of their parameters are put in the order that the library has them in.</summary>
static class OnnxRecurrent
{
    internal static Dictionary<string, OnnxOperator> Table { get; } = new()
    {
        ["LSTM"] = c => Run(c, [0, 2, 3, 1], ["Sigmoid", "Tanh", "Tanh"], static (d, _) =>
        {
            var (y, h, cell) = F.Lstm(d.X, d.States[0], d.States[1], d.Ih, d.Hh, d.BiasIh, d.BiasHh, reverse: d.Reverse);
            return [y, h, cell];
        }),
        ["GRU"] = c => Run(c, [1, 0, 2], ["Sigmoid", "Tanh"], static (d, c) =>
        {
            if (!c.Flag("linear_before_reset")) throw new NotSupportedException("only linear_before_reset = 1 is supported.");
            var (y, h) = F.Gru(d.X, d.States[0], d.Ih, d.Hh, d.BiasIh, d.BiasHh, reverse: d.Reverse);
            return [y, h];
        }),
        ["RNN"] = c => Run(c, [0], null, static (d, c) =>
        {
            bool rectifies = c.Texts("activations") is [var name, ..] && name == "Relu";
            var (y, h) = F.Rnn(d.X, d.States[0], d.Ih, d.Hh, d.BiasIh, d.BiasHh, rectifies, reverse: d.Reverse);
            return [y, h];
        }),
    };

    readonly record struct Direction(Tensor X, Tensor[] States, Tensor Ih, Tensor Hh, Tensor? BiasIh, Tensor? BiasHh, bool Reverse);

    static Tensor[] Run(OnnxCall c, int[] order, string[]? activations, Func<Direction, OnnxCall, Tensor[]> run)
    {
        int gates = order.Length, states = gates == 4 ? 2 : 1;
        if (c.Optional(4) is not null) throw new NotSupportedException("lengths of sequences are not supported.");
        if (c.Optional(7) is not null || c.Has("clip") || c.Flag("input_forget")) throw new NotSupportedException("peepholes, clipping and coupled gates are not supported.");
        if (activations is not null && c.Texts("activations") is { } given && !given.Chunk(activations.Length).All(a => a.SequenceEqual(activations)))
            throw new NotSupportedException($"the activations {string.Join(", ", given)} are not supported.");
        if (c.Texts("activations") is { } plain && gates == 1 && !plain.All(a => a == plain[0] && a is "Tanh" or "Relu"))
            throw new NotSupportedException($"the activations {string.Join(", ", plain)} are not supported.");

        bool batchFirst = c.Flag("layout");
        var x = batchFirst ? c[0].Transpose(0, 1) : c[0];
        string mode = c.Text("direction", "forward");
        int directions = mode == "bidirectional" ? 2 : 1, hidden = c[2].Shape[^1];
        if (x.Rank != 3 || c[1].Rank != 3 || c[1].Shape[0] != directions || c[2].Shape[0] != directions) throw new ArgumentException($"an input of {x.Shape} and weights of {c[1].Shape} do not fit.");

        var made = new List<Tensor[]>();
        for (int d = 0; d < directions; d++)
        {
            int at = d;
            Tensor[] first = [.. Enumerable.Range(0, states).Select(k => c.Optional(5 + k) is { } s ? (batchFirst ? s.Transpose(0, 1) : s).Select(0, at)
                : Tensor.Zeros([x.Shape[1], hidden], x.DType))];
            var both = c.Optional(3)?.Select(0, at).Chunk(2, 0);
            made.Add(run(new(x, first, Ordered(c[1].Select(0, at), order), Ordered(c[2].Select(0, at), order),
                both is null ? null : Ordered(both[0], order), both is null ? null : Ordered(both[1], order), mode == "reverse" || at == 1), c));
        }
        var y = Tensor.Stack([.. made.Select(m => m[0])], 1);
        return [batchFirst ? y.Permute(2, 0, 1, 3) : y, .. Enumerable.Range(1, states).Select(k => Tensor.Stack([.. made.Select(m => m[k])], batchFirst ? 1 : 0))];
    }

    static Tensor Ordered(Tensor x, int[] order)
    {
        if (order.Length == 1) return x;
        var gates = x.Chunk(order.Length, 0);
        return Tensor.Cat([.. order.Select(i => gates[i])], 0);
    }
}
