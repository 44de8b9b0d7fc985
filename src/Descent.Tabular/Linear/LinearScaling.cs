using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>Centres and scales features for a descent, which leaves the minimum where it is and makes the way to it short; penalties are paid on the weights as they were.</summary>
sealed class LinearScaling
{
    internal LinearScaling(Features x, double[] weights, bool isCentred)
    {
        double total = weights.Sum();
        (Means, Scales) = (new double[x.Columns], new double[x.Columns]);
        for (int j = 0; j < Means.Length; j++)
        {
            var column = x.Column(j);
            double mean = TensorPrimitives.Dot(column, weights) / total, squares = 0;
            for (int i = 0; i < column.Length; i++) squares += weights[i] * (column[i] - mean) * (column[i] - mean);
            Means[j] = isCentred ? mean : 0;
            double spread = Math.Sqrt(squares / total + (isCentred ? 0 : mean * mean));
            Scales[j] = spread > 0 ? spread : 1;
        }
    }

    /// <summary>What is taken from each feature.</summary>
    internal double[] Means { get; }

    /// <summary>By what each feature is divided then.</summary>
    internal double[] Scales { get; }

    /// <summary>(outputs × features) weights of the features as they were, and the constants, from (outputs × (features + 1)) of the scaled ones.</summary>
    internal (double[] Weights, double[] Intercepts) Restore(ReadOnlySpan<double> scaled, int outputs)
    {
        int columns = Means.Length;
        double[] weights = new double[outputs * columns], intercepts = new double[outputs];
        for (int k = 0; k < outputs; k++)
        {
            intercepts[k] = scaled[k * (columns + 1) + columns];
            for (int j = 0; j < columns; j++)
            {
                weights[k * columns + j] = scaled[k * (columns + 1) + j] / Scales[j];
                intercepts[k] -= weights[k * columns + j] * Means[j];
            }
        }
        return (weights, intercepts);
    }
}
