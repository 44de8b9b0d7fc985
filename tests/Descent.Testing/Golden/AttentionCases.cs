using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Attention, the layers of transformers, and rotary positions.</summary>
static class AttentionCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["scaled_dot_product_attention"] = c => F.ScaledDotProductAttention(c["query"], c["key"], c["value"], c.Find("attn_mask"),
            isCausal: c.Flag("is_causal"), scale: c.Has("scale") ? c.Double("scale") : null, enableGqa: c.Flag("enable_gqa")),
        ["MultiheadAttention"] = c =>
        {
            var layer = SequenceCases.Loaded(c, new MultiheadAttention(c.Int("embed_dim"), c.Int("num_heads"), c.Double("dropout", 0), c.Flag("bias", true),
                c.Flag("add_bias_kv"), c.Flag("add_zero_attn"), c.MaybeInt("kdim"), c.MaybeInt("vdim"), c.Flag("batch_first")));
            var (y, weights) = layer.Forward(c["query"], c["key"], c["value"], c.Find("key_padding_mask"), c.Flag("need_weights", true),
                c.Find("attn_mask"), c.Flag("average_attn_weights", true));
            var outputs = new GoldenOutputs { ["attn_output"] = y };
            if (weights is not null) outputs["attn_output_weights"] = weights;
            return outputs;
        },
        ["TransformerEncoderLayer"] = c => SequenceCases.Loaded(c, new TransformerEncoderLayer(c.Int("d_model"), c.Int("nhead"), c.Int("dim_feedforward", 2048), c.Double("dropout", 0.1),
            Activation(c), c.Double("layer_norm_eps", 1e-5), c.Flag("batch_first"), c.Flag("norm_first"), c.Flag("bias", true)))
            .Forward(c["src"], c.Find("src_mask"), c.Find("src_key_padding_mask")),
        ["TransformerDecoderLayer"] = c => SequenceCases.Loaded(c, new TransformerDecoderLayer(c.Int("d_model"), c.Int("nhead"), c.Int("dim_feedforward", 2048), c.Double("dropout", 0.1),
            Activation(c), c.Double("layer_norm_eps", 1e-5), c.Flag("batch_first"), c.Flag("norm_first"), c.Flag("bias", true)))
            .Forward(c["tgt"], c["memory"], new()
            {
                Target = c.Find("tgt_mask"), Memory = c.Find("memory_mask"),
                TargetKeyPadding = c.Find("tgt_key_padding_mask"), MemoryKeyPadding = c.Find("memory_key_padding_mask"),
            }),
        ["rope_half"] = c => F.Rope(c["input"], c.MaybeInt("rotary_dim"), c.Double("theta", 10000), c.Int("offset", 0)),
        ["rope_interleaved"] = c => F.Rope(c["input"], c.MaybeInt("rotary_dim"), c.Double("theta", 10000), c.Int("offset", 0), interleaved: true),
    };

    static Func<Tensor, Tensor> Activation(GoldenCall c) => c.MaybeText("activation") is "gelu" ? x => x.Gelu() : x => x.Relu();
}
