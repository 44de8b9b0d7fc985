using Descent.Tensors;

namespace Descent.NN;

/// <summary>A residual block that normalises what goes into the sublayer: <c>x + drop(sublayer(norm(x)))</c>. Trains without warm-up.</summary>
/// <remarks>Xiong et al., "On Layer Normalization in the Transformer Architecture", 2020, arXiv:2002.04745.</remarks>
/// <param name="norm">The normalisation.</param>
/// <param name="sublayer">What is learned; gives the shape that it takes.</param>
/// <param name="drop">Stands before the sum, such as <see cref="Dropout"/> or <see cref="DropPath"/>; nothing if null.</param>
public sealed class PreNorm(Module norm, Module sublayer, Module? drop = null) : Module
{
    readonly Module _norm = norm;
    readonly Module _sublayer = sublayer;
    readonly Module? _drop = drop;

    /// <returns>The shape of <paramref name="x"/>.</returns>
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        var y = _sublayer.Forward(_norm.Forward(x));
        return Observed(x + (_drop?.Forward(y) ?? y), x.Elements);
    }
}

/// <summary>A residual block that normalises the sum: <c>norm(x + drop(sublayer(x)))</c>, as in the first transformers.</summary>
/// <remarks>Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762.</remarks>
/// <param name="norm">The normalisation.</param>
/// <param name="sublayer">What is learned; gives the shape that it takes.</param>
/// <param name="drop">Stands before the sum; nothing if null.</param>
public sealed class PostNorm(Module norm, Module sublayer, Module? drop = null) : Module
{
    readonly Module _norm = norm;
    readonly Module _sublayer = sublayer;
    readonly Module? _drop = drop;

    /// <returns>The shape of <paramref name="x"/>.</returns>
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        var y = _sublayer.Forward(x);
        return Observed(_norm.Forward(x + (_drop?.Forward(y) ?? y)), x.Elements);
    }
}
