using System.Collections.Immutable;
using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>A trained network.</summary>
public abstract record MlpModel : IModel
{
    readonly Lazy<MlpNetwork> _network;

    private protected MlpModel() => _network = new(() => new(Encoding!, Network!, Activation));

    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>How the features come to its inputs.</summary>
    public required MlpEncoding Encoding { get; init; }

    /// <summary>The weights and biases of the layers.</summary>
    public required MlpWeights Network { get; init; }

    /// <summary>What bends the sums between layers.</summary>
    public required MlpActivation Activation { get; init; }

    /// <summary>The outputs for rows, (n × outputs).</summary>
    private protected float[] Outputs(ReadOnlySpan<double> rows)
    {
        if (rows.IsEmpty) return [];
        using var _ = Autograd.NoGrad();
        var (numbers, levels) = MlpTraining.Inputs(Encoding, rows);
        return _network.Value.Forward(numbers, levels).ToArray<float>();
    }

    /// <summary>What does not fit, or null.</summary>
    internal string? Fault(int outputs)
    {
        int features = Schema.Features.Length, width = Encoding.Numbers;
        if (Encoding.Means.Length != features || Encoding.Scales.Length != features || Encoding.HasGaps.Length != features || Encoding.Levels.Length != features)
            return $"an encoding of {Encoding.Means.Length} features for {features}";
        int[] levels = [.. Encoding.Levels.Where(l => l != 0)];
        if (levels.Any(l => l < 1) || Network.Tables.Length != levels.Length || Network.Layers.IsEmpty || Network.Constants.Length != Network.Layers.Length) return "arrays of a network are missing";
        for (int c = 0; c < levels.Length; c++)
        {
            if (Network.Tables[c].IsDefaultOrEmpty || Network.Tables[c].Length % levels[c] != 0) return "a table does not fit its levels";
            width += Network.Tables[c].Length / levels[c];
        }
        for (int k = 0; k < Network.Layers.Length; k++)
        {
            if (Network.Constants[k].IsDefaultOrEmpty || Network.Layers[k].IsDefault || Network.Layers[k].Length != (long)width * Network.Constants[k].Length) return $"layer {k} does not fit the one before";
            width = Network.Constants[k].Length;
        }
        return width == outputs ? null : $"{width} outputs; expected {outputs}";
    }
}

/// <summary>What <see cref="MlpClassifier"/> learned.</summary>
public sealed record MlpClassificationModel : MlpModel, IProbabilisticModel
{
    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        TensorPrimitives.ConvertTruncating<float, double>(Outputs(rows), probabilities);
        for (int i = 0; i < probabilities.Length; i += Classes.Length)
        {
            var own = probabilities.Slice(i, Classes.Length);
            TensorPrimitives.SoftMax<double>(own, own);
        }
    }
}

/// <summary>What <see cref="MlpRegressor"/> learned.</summary>
public sealed record MlpRegressionModel : MlpModel, IRegressionModel
{
    /// <summary>The mean of the targets.</summary>
    public required double TargetMean { get; init; }

    /// <summary>Their standard deviation.</summary>
    public required double TargetScale { get; init; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y)
    {
        float[] outputs = Outputs(rows);
        for (int i = 0; i < y.Length; i++) y[i] = TargetMean + TargetScale * outputs[i];
    }
}
