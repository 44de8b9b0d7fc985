using Descent.Tensors;

namespace Descent.NN.Tests.Losses;

using static Draw;

/// <summary>Losses of scores of classes.</summary>
static class ClassRows
{
    const int C = 4;
    static readonly double[] s_weights = [0.5, 1, 2, 0.25];

    static Tensor Weights => Numbers(s_weights);
    static Tensor[] Scores(int seed) => [Normal(seed, 5, C), Classes(1, 3, 0, 2, 1)];
    static Tensor[] Misfit() => [Normal(1, 5, C), Classes(1, 2)];
    static ReadOnlySpan<double> Row(double[] x, int r) => x.AsSpan(r * C, C);

    static double LogP(double[] x, int r, int c)
    {
        double sum = 0;
        foreach (double v in Row(x, r)) sum += Math.Exp(v);
        return x[r * C + c] - Math.Log(sum);
    }

    static double[] Each(double[][] x, Func<int, int, double> loss) => [.. x[1].Select((t, r) => loss(r, (int)t))];

    static double[] Margins(double[][] x, int p, double margin, bool weighted) => Each(x, (r, t) =>
    {
        double sum = 0;
        for (int c = 0; c < C; c++)
            if (c != t) sum += Math.Pow(Math.Max(0, margin - x[0][r * C + t] + x[0][r * C + c]), p);
        return sum / C * (weighted ? s_weights[t] : 1);
    });

    static double[] LabelSets(double[][] x)
    {
        var losses = new double[3];
        for (int r = 0; r < 3; r++)
        {
            double[] labels = [.. Row(x[1], r).ToArray().TakeWhile(t => t >= 0)];
            foreach (double y in labels)
                for (int i = 0; i < C; i++)
                    if (!labels.Contains(i)) losses[r] += Math.Max(0, 1 - (x[0][r * C + (int)y] - x[0][r * C + i])) / C;
        }
        return losses;
    }

    static double[] Bits(double[][] x, bool weighted)
    {
        var losses = new double[3];
        for (int i = 0; i < 3 * C; i++)
        {
            double p = 1 / (1 + Math.Exp(-x[0][i]));
            losses[i / C] -= (x[1][i] > 0 ? Math.Log(p) : Math.Log(1 - p)) * (weighted ? s_weights[i % C] : 1) / C;
        }
        return losses;
    }

    internal static IEnumerable<LossCase> All =>
    [
        new("cross entropy", r => x => new CrossEntropyLoss(reduction: r).Forward(x[0], x[1]), () => Scores(1), x => Each(x, (r, t) => -LogP(x[0], r, t))) { Misfit = Misfit },
        new("cross entropy, weighted", r => x => new CrossEntropyLoss(Weights, 3, r).Forward(x[0], x[1]), () => Scores(1),
            x => Each(x, (r, t) => t == 3 ? 0 : -LogP(x[0], r, t) * s_weights[t])) { Misfit = Misfit, Divisor = 1 + 0.5 + 2 + 1 },
        new("nll", r => x => new NLLLoss(reduction: r).Forward(x[0], x[1]), () => Scores(2), x => Each(x, (r, t) => -x[0][r * C + t])) { Misfit = Misfit },
        new("focal", r => x => new FocalLoss(1.5, Weights, 3, r).Forward(x[0], x[1]), () => Scores(3),
            x => Each(x, (r, t) => t == 3 ? 0 : -LogP(x[0], r, t) * s_weights[t] * Math.Pow(1 - Math.Exp(LogP(x[0], r, t)), 1.5))) { Misfit = Misfit, Divisor = 1 + 0.5 + 2 + 1 },
        new("multi margin", r => x => new MultiMarginLoss(reduction: r).Forward(x[0], x[1]), () => Scores(4), x => Margins(x, 1, 1, false)) { Misfit = Misfit },
        new("multi margin squared, weighted", r => x => new MultiMarginLoss(2, 0.7, Weights, r).Forward(x[0], x[1]), () => Scores(5), x => Margins(x, 2, 0.7, true)) { Misfit = Misfit },
        new("multilabel margin", r => x => new MultiLabelMarginLoss(r).Forward(x[0], x[1]),
            () => [Normal(6, 3, C), Tensor.From<long>([2, 0, -1, 3, -1, 1, 2, 3, 3, -1, -1, -1], [3, C])], LabelSets) { Misfit = Misfit },
        new("multilabel soft margin", r => x => new MultiLabelSoftMarginLoss(Weights, r).Forward(x[0], x[1]),
            () => [Normal(7, 3, C), Tensor.From<long>([1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0, 0], [3, C])], x => Bits(x, true)) { Misfit = Misfit },
        new("ctc", r => x => new CTCLoss(0, r).Forward(x[0].LogSoftmax(-1), x[1], Classes(4, 3), Classes(2, 2)),
            () => [Normal(8, 4, 2, 3), Tensor.From<long>([1, 2, 2, 2], [2, 2])], x => CtcByPaths(x[0], [[1, 2], [2, 2]], [4, 3]))
            { Misfit = () => [Normal(8, 4, 2, 3), Classes(1, 2, 2)], Divisor = 4 },
        new("ctc of an empty target", r => x => new CTCLoss(2, r).Forward(x[0].LogSoftmax(-1), x[1], Classes(4, 2), Classes(0, 1)),
            () => [Normal(9, 4, 2, 3), Classes(1)], x => CtcByPaths(x[0], [[], [1]], [4, 2], blank: 2))
            { Misfit = () => [Normal(8, 4, 2, 3), Classes(1, 2)] },
    ];

    /// <summary>The probability of every path that reads as the target, added up.</summary>
    static double[] CtcByPaths(double[] logits, int[][] targets, int[] lengths, int blank = 0)
    {
        const int Classes = 3;
        int n = targets.Length;
        var losses = new double[n];
        for (int sample = 0; sample < n; sample++)
        {
            double total = 0;
            for (int code = 0; code < Math.Pow(Classes, lengths[sample]); code++)
            {
                var path = new int[lengths[sample]];
                double p = 1;
                for (int t = 0, rest = code; t < path.Length; t++, rest /= Classes)
                {
                    path[t] = rest % Classes;
                    int at = (t * n + sample) * Classes;
                    p *= Math.Exp(logits[at + path[t]]) / Enumerable.Range(0, Classes).Sum(c => Math.Exp(logits[at + c]));
                }
                if (path.Where((c, t) => c != blank && (t == 0 || path[t - 1] != c)).SequenceEqual(targets[sample])) total += p;
            }
            losses[sample] = -Math.Log(total);
        }
        return losses;
    }
}
