using Descent.Tensors;

namespace Descent.NN.Tests.Losses;

using static Draw;

/// <summary>Losses of vectors that shall be near or far, and of boxes.</summary>
static class PairRows
{
    const int D = 3;

    static Tensor[] Vectors(int seed, int count, params double[] labels) =>
        [.. Enumerable.Range(0, count).Select(i => Normal(seed + i, 4, D)), .. labels.Length == 0 ? (Tensor[])[] : [Tensor.From<long>([.. labels.Select(l => (long)l)])]];

    static Tensor[] Misfit() => [Normal(1, 4, D), Normal(2, 4, D + 1), Normal(3, 4, D)];

    static double Dot(double[] a, int i, double[] b, int j) => Enumerable.Range(0, D).Sum(k => a[i * D + k] * b[j * D + k]);
    static double Cosine(double[] a, int i, double[] b, int j) => Dot(a, i, b, j) / Math.Sqrt(Dot(a, i, a, i) * Dot(b, j, b, j));
    static double Distance(double[] a, double[] b, int i, double p, double eps = 0) =>
        Math.Pow(Enumerable.Range(0, D).Sum(k => Math.Pow(Math.Abs(a[i * D + k] - b[i * D + k] + eps), p)), 1 / p);

    static double[] Rows(Func<int, double> loss) => [.. Enumerable.Range(0, 4).Select(loss)];

    static double[] Triplets(double[][] x, double margin, double p, bool swap) => Rows(i =>
    {
        double far = Distance(x[0], x[2], i, p, 1e-6);
        if (swap) far = Math.Min(far, Distance(x[1], x[2], i, p, 1e-6));
        return Math.Max(0, Distance(x[0], x[1], i, p, 1e-6) - far + margin);
    });

    /// <summary>−log of the softmax at <paramref name="own"/>, over all but <paramref name="except"/>.</summary>
    static double Entropy(IReadOnlyList<double> logits, int own, int except = -1) =>
        Math.Log(logits.Where((_, i) => i != except).Sum(Math.Exp)) - logits[own];

    static double[] Views(double[][] x)
    {
        double[] z = [.. x[0], .. x[1]];
        return [.. Enumerable.Range(0, 8).Select(i => Entropy([.. Enumerable.Range(0, 8).Select(j => Cosine(z, i, z, j) / 0.5)], (i + 4) % 8, i))];
    }

    static Tensor[] Boxes()
    {
        var corner = Uniform(21, 0, 4, 6, 2);
        var other = corner + Uniform(22, -1.5, 1.5, 6, 2);
        return [Tensor.Cat([corner, corner + Uniform(23, 0.5, 3, 6, 2)], 1), Tensor.Cat([other, other + Uniform(24, 0.5, 3, 6, 2)], 1)];
    }

    static double[] BoxLosses(double[][] x, Func<double[], double[], double, double> penalty) => [.. Enumerable.Range(0, 6).Select(i =>
    {
        double[] a = x[0][(4 * i)..(4 * i + 4)], b = x[1][(4 * i)..(4 * i + 4)];
        double shared = Math.Max(0, Math.Min(a[2], b[2]) - Math.Max(a[0], b[0])) * Math.Max(0, Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]));
        double union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared;
        return 1 - shared / (union + 1e-7) + penalty(a, b, union);
    })];

    static (double Width, double Height) Hull(double[] a, double[] b) => (Math.Max(a[2], b[2]) - Math.Min(a[0], b[0]), Math.Max(a[3], b[3]) - Math.Min(a[1], b[1]));

    static double Apart(double[] a, double[] b)
    {
        var (width, height) = Hull(a, b);
        double across = (a[0] + a[2] - b[0] - b[2]) / 2, down = (a[1] + a[3] - b[1] - b[3]) / 2;
        return (across * across + down * down) / (width * width + height * height + 1e-7);
    }

    static double Generalized(double[] a, double[] b, double union)
    {
        var (width, height) = Hull(a, b);
        return (width * height - union) / (width * height + 1e-7);
    }

    static double Complete(double[] a, double[] b, double union)
    {
        double v = 4 / (Math.PI * Math.PI) * Math.Pow(Math.Atan((b[2] - b[0]) / (b[3] - b[1])) - Math.Atan((a[2] - a[0]) / (a[3] - a[1])), 2);
        double shared = Math.Max(0, Math.Min(a[2], b[2]) - Math.Max(a[0], b[0])) * Math.Max(0, Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]));
        return Apart(a, b) + v / (1 - shared / (union + 1e-7) + v + 1e-7) * v;
    }

    internal static IEnumerable<LossCase> All =>
    [
        new("margin ranking", r => x => new MarginRankingLoss(0.3, r).Forward(x[0], x[1], x[2]), () => [Normal(1, 5), Normal(2, 5), Classes(1, -1, 1, 1, -1)],
            x => [.. x[0].Select((a, i) => Math.Max(0, -x[2][i] * (a - x[1][i]) + 0.3))]) { Misfit = () => [Normal(1, 5), Normal(2, 4), Classes(1)] },
        new("triplet", r => x => new TripletMarginLoss(reduction: r).Forward(x[0], x[1], x[2]), () => Vectors(3, 3), x => Triplets(x, 1, 2, false)) { Misfit = Misfit },
        new("triplet, swapped, p 3", r => x => new TripletMarginLoss(0.7, 3, swap: true, reduction: r).Forward(x[0], x[1], x[2]), () => Vectors(6, 3),
            x => Triplets(x, 0.7, 3, true)) { Misfit = Misfit },
        new("triplet with a distance", r => x => new TripletMarginWithDistanceLoss((a, b) => (a - b).Square().Sum(-1), 2, reduction: r).Forward(x[0], x[1], x[2]), () => Vectors(9, 3),
            x => Rows(i => Math.Max(0, Math.Pow(Distance(x[0], x[1], i, 2), 2) - Math.Pow(Distance(x[0], x[2], i, 2), 2) + 2))) { Misfit = Misfit },
        new("cosine embedding", r => x => new CosineEmbeddingLoss(0.1, r).Forward(x[0], x[1], x[2]), () => Vectors(12, 2, 1, -1, -1, 1),
            x => Rows(i => Cosine(x[0], i, x[1], i) is var c && x[2][i] > 0 ? 1 - c : Math.Max(0, c - 0.1))) { Misfit = Misfit },
        new("contrastive", r => x => new ContrastiveLoss(2, r).Forward(x[0], x[1], x[2]), () => Vectors(14, 2, 1, 0, 0, 1),
            x => Rows(i => Distance(x[0], x[1], i, 2) is var d && x[2][i] > 0 ? d * d / 2 : Math.Pow(Math.Max(0, 2 - d), 2) / 2)) { Misfit = Misfit },
        new("info nce", r => x => new InfoNCELoss(0.4, r).Forward(x[0], x[1]), () => Vectors(16, 2),
            x => Rows(i => Entropy([.. Rows(j => Cosine(x[0], i, x[1], j) / 0.4)], i))) { Misfit = Misfit },
        new("info nce with negatives", r => x => new InfoNCELoss(0.4, r).Forward(x[0], x[1], x[2]), () => Vectors(16, 3),
            x => Rows(i => Entropy([.. Rows(j => Cosine(x[0], i, x[1], j) / 0.4), .. Rows(j => Cosine(x[0], i, x[2], j) / 0.4)], i))) { Misfit = Misfit },
        new("nt-xent", r => x => new NTXentLoss(reduction: r).Forward(x[0], x[1]), () => Vectors(18, 2), Views) { Misfit = Misfit },
        new("giou", r => x => new GeneralizedBoxIoULoss(reduction: r).Forward(x[0], x[1]), Boxes, x => BoxLosses(x, Generalized)) { Misfit = Misfit },
        new("diou", r => x => new DistanceBoxIoULoss(reduction: r).Forward(x[0], x[1]), Boxes, x => BoxLosses(x, (a, b, _) => Apart(a, b))) { Misfit = Misfit },
    ];

    /// <summary>Apart, because its weight is taken as constant: its gradient is not its slope.</summary>
    internal static (Tensor[] Boxes, double[] Elements) CompleteBoxes
    {
        get
        {
            var boxes = Boxes();
            return (boxes, BoxLosses(LossCase.Numbers(boxes), Complete));
        }
    }
}
