using Descent.Tensors;

namespace Descent.NN;

/// <summary>A residual block whose shortcut is scaled up so that very deep transformers train: <c>LayerNorm(α x + drop(sublayer(x)))</c>.</summary>
/// <remarks>Wang et al., "DeepNet: Scaling Transformers to 1,000 Layers", 2022, arXiv:2203.00555.</remarks>
public sealed class DeepNorm : Module
{
    readonly LayerNorm _norm;
    readonly Module _sublayer;
    readonly Module? _drop;

    /// <param name="width">Size of the last dimension.</param>
    /// <param name="sublayer">What is learned; gives the shape that it takes.</param>
    /// <param name="alpha">Factor of the shortcut, from <see cref="DeepNormScale"/>.</param>
    /// <param name="drop">Stands before the sum; nothing if null.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="dtype">Type of the normalisation's parameters; the default type if null.</param>
    public DeepNorm(int width, Module sublayer, double alpha, Module? drop = null, double epsilon = 1e-5, DType? dtype = null) =>
        (_norm, _sublayer, Alpha, _drop) = (new(width, epsilon, dtype: dtype), sublayer, alpha, drop);

    /// <summary>Factor of the shortcut.</summary>
    public double Alpha { get; }

    /// <param name="x">Shape <c>(..., width)</c>.</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    public override Tensor Forward(Tensor x)
    {
        var y = _sublayer.Forward(x);
        return Observed(_norm.Forward(x.Mul(Alpha) + (_drop?.Forward(y) ?? y)), 2L * x.Elements);
    }
}

/// <summary>The two numbers of <see cref="DeepNorm"/> that follow from the depth.</summary>
/// <remarks>Wang et al., "DeepNet: Scaling Transformers to 1,000 Layers", 2022, arXiv:2203.00555, figure 2.</remarks>
/// <param name="Alpha">Factor of the shortcuts.</param>
/// <param name="Beta">Gain of the starting weights of feed-forward, value and output projections.</param>
public readonly record struct DeepNormScale(double Alpha, double Beta)
{
    /// <summary>Of an encoder alone: <c>α = (2N)^(1/4)</c>, <c>β = (8N)^(−1/4)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no layers.</exception>
    public static DeepNormScale Encoder(int layers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        return new(Math.Pow(2.0 * layers, 0.25), Math.Pow(8.0 * layers, -0.25));
    }

    /// <summary>Of a decoder alone: <c>α = (2M)^(1/4)</c>, <c>β = (8M)^(−1/4)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no layers.</exception>
    public static DeepNormScale Decoder(int layers) => Encoder(layers);

    /// <summary>
    /// Of N encoder and M decoder layers: <c>α = 0.81 (N⁴M)^(1/16)</c>, <c>β = 0.87 (N⁴M)^(−1/16)</c> in the encoder,
    /// <c>α = (3M)^(1/4)</c>, <c>β = (12M)^(−1/4)</c> in the decoder.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no layers.</exception>
    public static (DeepNormScale Encoder, DeepNormScale Decoder) EncoderDecoder(int encoderLayers, int decoderLayers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(encoderLayers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(decoderLayers, 1);
        double both = Math.Pow(Math.Pow(encoderLayers, 4) * decoderLayers, 1.0 / 16);
        return (new(0.81 * both, 0.87 / both), new(Math.Pow(3.0 * decoderLayers, 0.25), Math.Pow(12.0 * decoderLayers, -0.25)));
    }

    /// <summary>Draws starting weights by Xavier's normal initialisation: with gain β, and for queries and keys with gain 1.</summary>
    /// <param name="weights">Weights of the feed-forward, value and output projections.</param>
    /// <param name="queriesAndKeys">Weights of the query and key projections.</param>
    /// <param name="generator">Draws them; <see cref="Generator.Default"/> if null.</param>
    public void Init_(IEnumerable<Tensor> weights, IEnumerable<Tensor>? queriesAndKeys = null, Generator? generator = null)
    {
        foreach (var weight in weights) Init.XavierNormal_(weight, Beta, generator);
        foreach (var weight in queriesAndKeys ?? []) Init.XavierNormal_(weight, 1, generator);
    }
}
