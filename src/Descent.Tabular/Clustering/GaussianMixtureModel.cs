using System.Collections.Immutable;
using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>What <see cref="GaussianMixture"/> found.</summary>
public sealed record GaussianMixtureModel : IModel
{
    const int BlockRows = 256;

    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>What the covariances have in common.</summary>
    public required MixtureCovariance Covariance { get; init; }

    /// <summary>The share of each part.</summary>
    public required ImmutableArray<double> Shares { get; init; }

    /// <summary>(parts × features) means.</summary>
    public required ImmutableArray<double> Means { get; init; }

    /// <summary>(parts × features × features) covariances.</summary>
    public required ImmutableArray<double> Covariances { get; init; }

    /// <summary>(parts × features × features) their inverses.</summary>
    public required ImmutableArray<double> Precisions { get; init; }

    /// <summary>The logarithms of the determinants of the covariances.</summary>
    public required ImmutableArray<double> LogDeterminants { get; init; }

    /// <summary>The weighted sum of the log densities of the training rows.</summary>
    public required double LogLikelihood { get; init; }

    /// <summary>The steps that the best start took.</summary>
    public required int Iterations { get; init; }

    /// <summary>The numbers that are free.</summary>
    public int Parameters
    {
        get
        {
            int columns = Schema.Features.Length, parts = Shares.Length;
            int covariances = Covariance switch
            {
                MixtureCovariance.Full => parts * columns * (columns + 1) / 2,
                MixtureCovariance.Tied => columns * (columns + 1) / 2,
                MixtureCovariance.Diagonal => parts * columns,
                _ => parts,
            };
            return covariances + parts * columns + parts - 1;
        }
    }

    /// <summary>The part that each row most probably is of.</summary>
    /// <exception cref="ArgumentException">The features are not as many as the model has.</exception>
    public int[] Predict(Features x)
    {
        double[] shares = Probabilities(x);
        return [.. Enumerable.Range(0, x.Rows).Select(i => TensorPrimitives.IndexOfMax<double>(shares.AsSpan(i * Shares.Length, Shares.Length)))];
    }

    /// <summary>How probable it is that a row is of each part, (rows × parts).</summary>
    /// <exception cref="ArgumentException">The features are not as many as the model has.</exception>
    public double[] Probabilities(Features x) => Expect(x).Shares;

    /// <summary>The logarithm of the density at each row.</summary>
    /// <exception cref="ArgumentException">The features are not as many as the model has.</exception>
    public double[] LogDensities(Features x) => Expect(x).Logs;

    /// <summary>Akaike's criterion for rows, −2 log L + 2 p: the lower, the better the number of parts.</summary>
    public double Aic(Features x) => -2 * LogDensities(x).Sum() + 2 * Parameters;

    /// <summary>Bayes' criterion for rows, −2 log L + p log n, which prefers fewer parts.</summary>
    public double Bic(Features x)
    {
        double[] logs = LogDensities(x);
        return -2 * logs.Sum() + Parameters * Math.Log(logs.Length);
    }

    (double[] Shares, double[] Logs) Expect(Features x)
    {
        double[] rows = ModelPrediction.Match(this, x).ToRows(), shares = new double[x.Rows * Shares.Length], logs = new double[x.Rows];
        Expect(rows, shares, logs);
        return (shares, logs);
    }

    /// <summary>The share of each row that each part has, and the log density at each row.</summary>
    internal void Expect(double[] rows, double[] shares, double[] logs)
    {
        int columns = Schema.Features.Length, parts = Shares.Length;
        WorkerPool.For((logs.Length + BlockRows - 1) / BlockRows, block =>
        {
            double[] centred = new double[columns];
            for (int i = block * BlockRows; i < Math.Min(logs.Length, (block + 1) * BlockRows); i++)
            {
                var own = shares.AsSpan(i * parts, parts);
                for (int k = 0; k < parts; k++)
                {
                    TensorPrimitives.Subtract(rows.AsSpan(i * columns, columns), Means.AsSpan(k * columns, columns), centred);
                    double square = 0;
                    for (int j = 0; j < columns; j++) square += centred[j] * TensorPrimitives.Dot(centred, Precisions.AsSpan((k * columns + j) * columns, columns));
                    own[k] = Math.Log(Shares[k]) - 0.5 * (square + LogDeterminants[k] + columns * Math.Log(2 * Math.PI));
                }
                double most = TensorPrimitives.Max<double>(own), sum = 0;
                foreach (ref double log in own) sum += log = Math.Exp(log - most);
                foreach (ref double share in own) share /= sum;
                logs[i] = most + Math.Log(sum);
            }
        });
    }
}
