using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Embeddings and recurrent layers.</summary>
static class SequenceCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["Embedding"] = c => Loaded(c, new Embedding(c.Int("num_embeddings"), c.Int("embedding_dim"), c.MaybeInt("padding_idx"),
            c.Has("max_norm") ? c.Double("max_norm") : null, c.Double("norm_type", 2), c.Flag("scale_grad_by_freq"))).Forward(c["input"]),
        ["EmbeddingBag"] = c => Loaded(c, new EmbeddingBag(c.Int("num_embeddings"), c.Int("embedding_dim"), c.Has("max_norm") ? c.Double("max_norm") : null,
            c.Double("norm_type", 2), c.Flag("scale_grad_by_freq"), Mode(c), c.Flag("include_last_offset"), c.MaybeInt("padding_idx")))
            .Forward(c["input"], c.Find("offsets"), c.Find("per_sample_weights")),
        ["RNN"] = c =>
        {
            var (y, h) = Loaded(c, new RNN(c.Int("input_size"), c.Int("hidden_size"), c.Int("num_layers", 1), Nonlinearity(c), Bias(c),
                c.Flag("batch_first"), c.Double("dropout", 0), c.Flag("bidirectional"))).Forward(c["input"], c.Find("h_0"));
            return new GoldenOutputs { ["output"] = y, ["h_n"] = h };
        },
        ["GRU"] = c =>
        {
            var (y, h) = Loaded(c, new GRU(c.Int("input_size"), c.Int("hidden_size"), c.Int("num_layers", 1), Bias(c),
                c.Flag("batch_first"), c.Double("dropout", 0), c.Flag("bidirectional"))).Forward(c["input"], c.Find("h_0"));
            return new GoldenOutputs { ["output"] = y, ["h_n"] = h };
        },
        ["LSTM"] = c =>
        {
            var (y, h, cell) = Loaded(c, new LSTM(c.Int("input_size"), c.Int("hidden_size"), c.Int("num_layers", 1), Bias(c),
                c.Flag("batch_first"), c.Double("dropout", 0), c.Flag("bidirectional"), c.Int("proj_size", 0))).Forward(c["input"], c.Find("h_0"), c.Find("c_0"));
            return new GoldenOutputs { ["output"] = y, ["h_n"] = h, ["c_n"] = cell };
        },
        ["RNNCell"] = c => Loaded(c, new RNNCell(c.Int("input_size"), c.Int("hidden_size"), Bias(c), Nonlinearity(c))).Forward(c["input"], c.Find("hx")),
        ["GRUCell"] = c => Loaded(c, new GRUCell(c.Int("input_size"), c.Int("hidden_size"), Bias(c))).Forward(c["input"], c.Find("hx")),
        ["LSTMCell"] = c =>
        {
            var (h, cell) = Loaded(c, new LSTMCell(c.Int("input_size"), c.Int("hidden_size"), Bias(c))).Forward(c["input"], c.Find("hx"), c.Find("cx"));
            return new GoldenOutputs { ["h_1"] = h, ["c_1"] = cell };
        },
    };

    /// <summary>The module in the case's type, with the case's parameters in its own, which the gradients are then taken for.</summary>
    internal static TModule Loaded<TModule>(GoldenCall c, TModule module) where TModule : Module
    {
        module.Train(c.Flag("training", true));
        if (c.Case.Params.Count == 0) return module;
        module.To(c[c.Case.Params.Keys.First()].DType);
        module.LoadStateDict(c.Case.Params.Keys.ToDictionary(name => name, name => c[name]));
        foreach (var (name, parameter) in module.NamedParameters()) c.Replace(name, parameter);
        return module;
    }

    static bool Bias(GoldenCall c) => c.Flag("bias", true);

    static BagMode Mode(GoldenCall c) => Enum.Parse<BagMode>(c.MaybeText("mode") ?? "mean", ignoreCase: true);

    static RnnNonlinearity Nonlinearity(GoldenCall c) => Enum.Parse<RnnNonlinearity>(c.MaybeText("nonlinearity") ?? "tanh", ignoreCase: true);
}
