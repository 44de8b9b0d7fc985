using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>What <see cref="SvmClassifier"/> learned.</summary>
public sealed record SvmClassificationModel : IProbabilisticModel, IMarginModel
{
    const int CouplingSteps = 100;

    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>How alike rows are.</summary>
    public required SvmKernel Kernel { get; init; }

    /// <summary>The rows that scores are made of, one after another.</summary>
    public required ImmutableArray<double> Vectors { get; init; }

    /// <summary>(pairs of classes × vectors) what each vector counts.</summary>
    public required ImmutableArray<double> Coefficients { get; init; }

    /// <summary>The constant of each pair: 0 and 1, 0 and 2, …, 1 and 2, …</summary>
    public required ImmutableArray<double> Intercepts { get; init; }

    /// <summary>A of the sigmoid 1 / (1 + e^(A s + B)) of each pair; empty where probabilities were not asked for.</summary>
    public ImmutableArray<double> Slopes { get; init; } = [];

    /// <summary>B of each pair.</summary>
    public ImmutableArray<double> Offsets { get; init; } = [];

    int IMarginModel.Scores => Intercepts.Length;

    /// <summary>The score of each pair, positive for the first of both; of two classes alone positive for the second.</summary>
    public void Margins(ReadOnlySpan<double> rows, Span<double> margins)
    {
        int columns = Schema.Features.Length, count = Vectors.Length / columns, pairs = Intercepts.Length;
        double[] alike = new double[count];
        for (int i = 0; i * pairs < margins.Length; i++)
        {
            for (int v = 0; v < count; v++) alike[v] = Kernel.Of(rows.Slice(i * columns, columns), Vectors.AsSpan(v * columns, columns));
            for (int pair = 0; pair < pairs; pair++)
            {
                double score = Intercepts[pair] + TensorPrimitives.Dot<double>(alike, Coefficients.AsSpan(pair * count, count));
                margins[i * pairs + pair] = pairs == 1 ? -score : score;
            }
        }
    }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<int> classes)
    {
        int pairs = Intercepts.Length;
        double[] margins = new double[classes.Length * pairs], votes = new double[Classes.Length];
        Margins(rows, margins);
        for (int i = 0; i < classes.Length; i++)
        {
            Vote(margins.AsSpan(i * pairs, pairs), votes);
            classes[i] = TensorPrimitives.IndexOfMax<double>(votes);
        }
    }

    /// <summary>By the sigmoids of the pairs where they were asked for, else the shares of votes.</summary>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        int classes = Classes.Length, pairs = Intercepts.Length;
        double[] margins = new double[probabilities.Length / classes * pairs];
        Margins(rows, margins);
        for (int i = 0; i * classes < probabilities.Length; i++)
        {
            var own = probabilities.Slice(i * classes, classes);
            var scores = margins.AsSpan(i * pairs, pairs);
            if (Slopes.IsEmpty)
            {
                Vote(scores, own);
                TensorPrimitives.Divide(own, pairs, own);
                continue;
            }
            for (int pair = 0; pair < pairs; pair++)
            {
                double score = pairs == 1 ? -scores[pair] : scores[pair];
                scores[pair] = Math.Clamp(StageLoss.Sigmoid(-(Slopes[pair] * score + Offsets[pair])), 1e-7, 1 - 1e-7);
            }
            Couple(scores, own);
        }
    }

    void Vote(ReadOnlySpan<double> scores, Span<double> votes)
    {
        votes.Clear();
        int pair = 0;
        for (int first = 0; first < votes.Length; first++)
            for (int second = first + 1; second < votes.Length; second++, pair++)
                votes[scores[pair] > 0 == scores.Length > 1 ? first : second]++;
    }

    /// <summary>The probabilities that agree best with those of the pairs: Σ (rⱼᵢ pᵢ − rᵢⱼ pⱼ)² is least.</summary>
    /// <remarks>Wu, Lin and Weng, "Probability Estimates for Multi-class Classification by Pairwise Coupling", 2004, second method.</remarks>
    static void Couple(ReadOnlySpan<double> pairs, Span<double> p)
    {
        int classes = p.Length;
        double[] r = new double[classes * classes], q = new double[r.Length], products = new double[classes];
        int pair = 0;
        for (int i = 0; i < classes; i++)
            for (int j = i + 1; j < classes; j++, pair++) (r[i * classes + j], r[j * classes + i]) = (pairs[pair], 1 - pairs[pair]);
        for (int i = 0; i < classes; i++)
            for (int j = 0; j < classes; j++)
            {
                if (i == j) continue;
                q[i * classes + i] += r[j * classes + i] * r[j * classes + i];
                q[i * classes + j] = -r[j * classes + i] * r[i * classes + j];
            }
        p.Fill(1.0 / classes);
        for (int step = 0; step < CouplingSteps; step++)
        {
            double square = 0, error = 0;
            for (int i = 0; i < classes; i++) square += p[i] * (products[i] = TensorPrimitives.Dot<double>(q.AsSpan(i * classes, classes), p));
            foreach (double product in products) error = Math.Max(error, Math.Abs(product - square));
            if (error < 0.005 / classes / 1000) break;
            for (int i = 0; i < classes; i++)
            {
                double own = q[i * classes + i], change = (square - products[i]) / own;
                p[i] += change;
                square = (square + change * (change * own + 2 * products[i])) / ((1 + change) * (1 + change));
                for (int j = 0; j < classes; j++)
                {
                    products[j] = (products[j] + change * q[i * classes + j]) / (1 + change);
                    p[j] /= 1 + change;
                }
            }
        }
    }
}
