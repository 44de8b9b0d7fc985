using Descent.Metrics;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>What the metrics' families share: inputs as arrays, results as tensors.</summary>
static class MetricInputs
{
    extension(GoldenCall c)
    {
        internal long[] Longs(string name) => c[name].To(DType.Int64).ToArray<long>();
        internal double[] Reals(string name) => c[name].To(DType.Float64).ToArray<double>();
        internal bool[] Truths(string name) => Array.ConvertAll(c.Longs(name), v => v == (c.Has("pos_label") ? c.Int("pos_label") : 1));

        /// <summary>Weights of the samples, or none.</summary>
        internal double[] Weights => c.Find("sample_weight") is null ? [] : c.Reals("sample_weight");

        /// <summary>The classes that are named, or none.</summary>
        internal long[] Labels => c.Has("labels") ? Array.ConvertAll(c.Ints("labels"), v => (long)v) : [];

        /// <summary>Numbers in a row of a matrix; 1 of a vector.</summary>
        internal int Columns(string name) => c[name].Rank < 2 ? 1 : c[name].Shape[^1];

        /// <summary>A share, or the count that it is of.</summary>
        internal Tensor Share(double share, bool isShare) => Number(isShare ? share : share * (c.Weights is { Length: > 0 } w ? w.Sum() : c["y_true"].Shape[0]));

        internal Average? Averaging => c.MaybeText("average") is { } name ? Enum.Parse<Average>(name, ignoreCase: true) : null;
    }

    internal static Tensor Number(double value) => Tensor.Full([], value, DType.Float64);

    internal static Tensor Numbers(double[] values) => Tensor.From<double>(values);
}
