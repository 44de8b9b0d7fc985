using Descent.Tensors;

namespace Descent.NN.Tests.Losses;

using static Draw;

/// <summary>Losses of whole masks: how little they overlap.</summary>
static class MaskRows
{
    const int N = 2, C = 3, Pixels = 4;

    static Tensor[] Masks() => [Uniform(1, 0.1, 0.9, N, 2, 2), Tensor.From<long>([1, 0, 1, 1, 0, 0, 0, 1], [N, 2, 2])];
    static Tensor[] Logits() => [Normal(5, N, 2, 2), Tensor.From<long>([1, 0, 1, 1, 0, 0, 0, 1], [N, 2, 2])];
    static Tensor[] Classed() => [Probabilities(2, N, C, 2, 2), Tensor.From<long>([0, 1, 1, 2, 0, 0, 1, 0], [N, 2, 2])];
    static Tensor[] Misfit() => [Uniform(1, 0, 1, N, C, 2, 2), Tensor.Zeros([N, 2, 3], DType.Int64)];

    /// <summary>A loss of (Σ p t, Σ p, Σ t) of every sample.</summary>
    static double[] Overlaps(double[][] x, Func<double, double, double, double> loss) => [.. Enumerable.Range(0, N).Select(n =>
    {
        double both = 0, p = 0, t = 0;
        for (int i = n * Pixels; i < (n + 1) * Pixels; i++) (both, p, t) = (both + x[0][i] * x[1][i], p + x[0][i], t + x[1][i]);
        return loss(both, p, t);
    })];

    static double[] PerClass(double[][] x, Func<double, double, double, double> loss) => [.. Enumerable.Range(0, N).Select(n => Enumerable.Range(0, C).Average(c =>
    {
        double both = 0, p = 0, t = 0;
        for (int i = 0; i < Pixels; i++)
        {
            double share = x[0][(n * C + c) * Pixels + i], own = x[1][n * Pixels + i] == c ? 1 : 0;
            (both, p, t) = (both + share * own, p + share, t + own);
        }
        return loss(both, p, t);
    }))];

    static double Dice(double both, double p, double t) => 1 - (2 * both + 0.5) / (p + t + 0.5);
    static double Jaccard(double both, double p, double t) => 1 - (both + 0.5) / (p + t - both + 0.5);
    static double Tversky(double both, double p, double t) => 1 - (both + 0.5) / (both + 0.3 * (p - both) + 0.7 * (t - both) + 0.5);

    /// <summary>The Lovász extension by its definition: Σ eₖ · (J(first k) − J(first k − 1)), with J of the set of wrong pixels.</summary>
    static double Extension((double Error, bool IsTarget)[] pixels)
    {
        var sorted = pixels.OrderByDescending(pixel => pixel.Error).ToArray();
        double total = pixels.Count(pixel => pixel.IsTarget), sum = 0, before = 0;
        for (int k = 1; k <= sorted.Length; k++)
        {
            var wrong = sorted[..k];
            double missed = wrong.Count(pixel => pixel.IsTarget), added = k - missed;
            double jaccard = 1 - (total - missed) / (total + added);
            sum += Math.Max(0, sorted[k - 1].Error) * (jaccard - before);
            before = jaccard;
        }
        return sum;
    }

    static double[] Hinges(double[][] x) => [.. Enumerable.Range(0, N).Select(n => Extension(
        [.. Enumerable.Range(n * Pixels, Pixels).Select(i => (1 - x[0][i] * (2 * x[1][i] - 1), x[1][i] > 0))]))];

    static double[] Softmaxes(double[][] x) => [.. Enumerable.Range(0, N).Select(n => Enumerable.Range(0, C)
        .Where(c => x[1].Skip(n * Pixels).Take(Pixels).Contains(c))
        .Average(c => Extension([.. Enumerable.Range(0, Pixels).Select(i => (x[1][n * Pixels + i] == c, x[0][(n * C + c) * Pixels + i]) is var (own, p)
            ? (own ? 1 - p : p, own) : default)])))];

    internal static IEnumerable<LossCase> All =>
    [
        new("dice", r => x => new DiceLoss(0.5, reduction: r).Forward(x[0], x[1]), Masks, x => Overlaps(x, Dice)) { Misfit = Misfit },
        new("dice of classes", r => x => new DiceLoss(0.5, true, r).Forward(x[0], x[1]), Classed, x => PerClass(x, Dice)) { Misfit = Misfit },
        new("jaccard", r => x => new JaccardLoss(0.5, reduction: r).Forward(x[0], x[1]), Masks, x => Overlaps(x, Jaccard)) { Misfit = Misfit },
        new("jaccard of classes", r => x => new JaccardLoss(0.5, true, r).Forward(x[0], x[1]), Classed, x => PerClass(x, Jaccard)) { Misfit = Misfit },
        new("tversky", r => x => new TverskyLoss(0.3, 0.7, 0.5, reduction: r).Forward(x[0], x[1]), Masks, x => Overlaps(x, Tversky)) { Misfit = Misfit },
        new("tversky of classes", r => x => new TverskyLoss(0.3, 0.7, 0.5, true, r).Forward(x[0], x[1]), Classed, x => PerClass(x, Tversky)) { Misfit = Misfit },
        new("lovász hinge", r => x => new LovaszHingeLoss(reduction: r).Forward(x[0], x[1]), Logits, Hinges) { Misfit = Misfit },
        new("lovász softmax", r => x => new LovaszSoftmaxLoss(true, reduction: r).Forward(x[0], x[1]), Classed, Softmaxes) { Misfit = Misfit },
    ];
}
