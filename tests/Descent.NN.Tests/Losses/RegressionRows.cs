using Descent.Tensors;

namespace Descent.NN.Tests.Losses;

using static Draw;

/// <summary>Losses of one number against another.</summary>
static class RegressionRows
{
    static LossCase Pair(string name, Func<Reduction, Loss> make, Func<double, double, double> element, Func<Tensor[]>? inputs = null) => new(name,
        r => x => make(r).Forward(x[0], x[1]),
        inputs ?? (() => [Normal(1, 3, 5).Mul(2), Normal(2, 3, 5)]),
        x => [.. x[0].Zip(x[1], element)])
    { Misfit = () => [Normal(1, 3, 5), Normal(2, 3, 4)] };

    static double Smooth(double d, double beta) => d < beta ? 0.5 * d * d / beta : d - 0.5 * beta;
    static double Entropy(double p, double t) => -(t * Math.Log(p) + (1 - t) * Math.Log(1 - p));
    static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
    static double Stirling(double t) => t <= 1 ? 0 : t * Math.Log(t) - t + 0.5 * Math.Log(2 * Math.PI * t);

    static Tensor[] Counts(bool positive) => [positive ? Uniform(3, 0.2, 4, 3, 4) : Normal(3, 3, 4), Tensor.From<long>([0, 1, 2, 3, 4, 5, 1, 0, 7, 2, 1, 9], [3, 4])];
    static Tensor[] Signs(int seed) => [Normal(seed, 2, 4), Tensor.From<long>([1, -1, -1, 1, 1, 1, -1, -1], [2, 4])];
    static Tensor[] Shares(bool logits) => [logits ? Normal(4, 3, 4) : Uniform(4, 0.05, 0.95, 3, 4), Uniform(5, 0.1, 0.9, 3, 4)];

    internal static IEnumerable<LossCase> All =>
    [
        Pair("mse", r => new MSELoss(r), (x, t) => (x - t) * (x - t)),
        Pair("l1", r => new L1Loss(r), (x, t) => Math.Abs(x - t)),
        Pair("smooth l1", r => new SmoothL1Loss(r), (x, t) => Smooth(Math.Abs(x - t), 1)),
        Pair("smooth l1, beta 0.3", r => new SmoothL1Loss(r, 0.3), (x, t) => Smooth(Math.Abs(x - t), 0.3)),
        Pair("smooth l1, beta 0", r => new SmoothL1Loss(r, 0), (x, t) => Math.Abs(x - t)),
        Pair("huber, delta 0.7", r => new HuberLoss(r, 0.7), (x, t) => 0.7 * Smooth(Math.Abs(x - t), 0.7)),
        Pair("log cosh", r => new LogCoshLoss(r), (x, t) => Math.Log(Math.Cosh(x - t))),
        Pair("quantile", r => new QuantileLoss(0.3, r), (x, t) => t >= x ? 0.3 * (t - x) : 0.7 * (x - t)),
        new("quantiles", r => x => new QuantileLoss([0.1, 0.5, 0.9], r).Forward(x[0], x[1]), () => [Normal(1, 4, 3), Normal(2, 4)],
            x => [.. x[0].Select((v, i) => Math.Max((x[1][i / 3] - v) * (0.1 + 0.4 * (i % 3)), (x[1][i / 3] - v) * (0.1 + 0.4 * (i % 3) - 1)))])
            { Misfit = () => [Normal(1, 4, 2), Normal(2, 4)] },
        Pair("poisson of logarithms", r => new PoissonNLLLoss(reduction: r), (x, t) => Math.Exp(x) - t * x, () => Counts(false)),
        Pair("poisson of rates, full", r => new PoissonNLLLoss(false, true, 1e-4, r), (x, t) => x - t * Math.Log(x + 1e-4) + Stirling(t), () => Counts(true)),
        new("gaussian", r => x => new GaussianNLLLoss(reduction: r).Forward(x[0], x[1], x[2]), () => [Normal(1, 3, 4), Normal(2, 3, 4), Uniform(3, 0.2, 2, 3, 4)],
            x => [.. x[0].Select((m, i) => 0.5 * (Math.Log(x[2][i]) + (m - x[1][i]) * (m - x[1][i]) / x[2][i]))])
            { Misfit = () => [Normal(1, 3, 4), Normal(2, 3, 4), Tensor.Ones([2], DType.Float64)] },
        new("gaussian of one variance a row, full", r => x => new GaussianNLLLoss(true, reduction: r).Forward(x[0], x[1], x[2]), () => [Normal(1, 3, 4), Normal(2, 3, 4), Uniform(3, 0.2, 2, 3)],
            x => [.. x[0].Select((m, i) => 0.5 * (Math.Log(2 * Math.PI * x[2][i / 4]) + (m - x[1][i]) * (m - x[1][i]) / x[2][i / 4]))])
            { Misfit = () => [Normal(1, 3, 4), Normal(2, 3, 4), Tensor.Ones([3, 2], DType.Float64)] },
        Pair("kl", r => new KLDivLoss(r), (x, t) => t * (Math.Log(t) - x), () => [Normal(6, 3, 4).LogSoftmax(1), Probabilities(7, 3, 4)]),
        Pair("kl of logarithms", r => new KLDivLoss(r, logTarget: true), (x, t) => Math.Exp(t) * (t - x), () => [Normal(6, 3, 4).LogSoftmax(1), Normal(7, 3, 4).LogSoftmax(1)]),
        Pair("bce", r => new BCELoss(reduction: r), Entropy, () => Shares(false)),
        Pair("bce with logits", r => new BCEWithLogitsLoss(reduction: r), (x, t) => Entropy(Sigmoid(x), t), () => Shares(true)),
        Pair("hinge embedding", r => new HingeEmbeddingLoss(0.8, r), (x, t) => t > 0 ? x : Math.Max(0, 0.8 - x), () => Signs(8)),
        Pair("soft margin", r => new SoftMarginLoss(r), (x, t) => Math.Log(1 + Math.Exp(-t * x)), () => Signs(9)),
        Pair("sigmoid focal", r => new SigmoidFocalLoss(0.3, 1.5, r), (x, t) => Focal(x, t, 0.3), () => [Normal(10, 2, 4), Tensor.From<long>([1, 0, 0, 1, 1, 1, 0, 0], [2, 4])]),
        Pair("sigmoid focal, unweighted", r => new SigmoidFocalLoss(-1, 1.5, r), (x, t) => Focal(x, t, -1), () => [Normal(10, 2, 4), Tensor.From<long>([1, 0, 0, 1, 1, 1, 0, 0], [2, 4])]),
    ];

    static double Focal(double x, double t, double alpha)
    {
        double p = t > 0 ? Sigmoid(x) : 1 - Sigmoid(x);
        return -Math.Log(p) * Math.Pow(1 - p, 1.5) * (alpha < 0 ? 1 : t > 0 ? alpha : 1 - alpha);
    }
}
