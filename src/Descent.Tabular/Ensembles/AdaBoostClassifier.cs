using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>How members of AdaBoost vote.</summary>
public enum AdaBoostAlgorithm
{
    /// <summary>By their classes, each with the weight log((1 − e) / e) + log(K − 1).</summary>
    Samme,

    /// <summary>By the logarithms of their probabilities.</summary>
    SammeR,
}

/// <summary>Members trained one after another, each on weights that grow where those before were wrong.</summary>
/// <remarks>
/// Freund and Schapire, "A Decision-Theoretic Generalization of On-Line Learning", 1997; for several classes Zhu, Zou, Rosset and
/// Hastie, "Multi-class AdaBoost", Statistics and Its Interface 2, 2009.
/// </remarks>
public sealed record AdaBoostClassifier : AdaBoostOptions, IClassifier<AdaBoostClassificationModel>
{
    /// <summary>What each member is; a stump by default.</summary>
    public IClassifier<IClassificationModel> Base { get; init; } = new DecisionTreeClassifier { MaxDepth = 1 };

    /// <inheritdoc/>
    public LearnerInput Takes => Base.Takes;

    /// <summary>How members vote.</summary>
    public AdaBoostAlgorithm Algorithm { get; init; }

    /// <inheritdoc/>
    public AdaBoostClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(AdaBoostClassifier), x, y.Count, weights);
        Training.TwoClasses(nameof(AdaBoostClassifier), y);
        TensorPrimitives.Divide<double>(w, TensorPrimitives.Sum<double>(w), w);
        bool[] isWeightless = Array.ConvertAll(w, v => v == 0);
        var members = new List<IClassificationModel>();
        var (votes, errors) = (new List<double>(), new List<double>());
        for (int round = 0; round < Rounds; round++)
        {
            // Weights that have all but vanished can still grow back.
            for (int i = 0; i < w.Length; i++) w[i] = isWeightless[i] ? 0 : Math.Max(w[i], AdaBoostClassificationModel.LeastProbability);
            var member = Base.Fit(x, y, w);
            var (vote, error, isLast) = Algorithm == AdaBoostAlgorithm.Samme ? Samme(member, x, y, w, members.Count == 0) : SammeR(member, x, y, w);
            if (double.IsNaN(vote)) break;
            members.Add(member);
            votes.Add(vote);
            errors.Add(error);
            double sum = TensorPrimitives.Sum<double>(w);
            if (isLast || !(sum > 0) || !double.IsFinite(sum)) break;
            TensorPrimitives.Divide<double>(w, sum, w);
        }
        return new() { Schema = x.Schema, Classes = y.Classes, Algorithm = Algorithm, Members = [.. members], Weights = [.. votes], Errors = [.. errors] };
    }

    (double Vote, double Error, bool IsLast) Samme(IClassificationModel member, Features x, Labels y, double[] w, bool isFirst)
    {
        int[] predicted = member.Predict(x);
        double error = Error(predicted, y.Codes, w);
        if (error <= 0) return (1, 0, true);
        int classes = y.Classes.Length;
        if (error >= 1 - 1.0 / classes)
            return !isFirst ? (double.NaN, 0, true) : throw new ArgumentException($"AdaBoostClassifier: the first member errs on {error:P1} of the weight, no better than chance. Take a stronger base learner.");
        double vote = LearningRate * (Math.Log((1 - error) / error) + Math.Log(classes - 1));
        for (int i = 0; i < w.Length; i++)
            if (predicted[i] != y.Codes[i] && w[i] > 0) w[i] = Math.Exp(Math.Log(w[i]) + vote);
        return (vote, error, false);
    }

    (double Vote, double Error, bool IsLast) SammeR(IClassificationModel member, Features x, Labels y, double[] w)
    {
        if (member is not IProbabilisticModel probabilistic)
            throw new ArgumentException("AdaBoostClassifier: SAMME.R needs a base learner that gives probabilities; take SAMME.");
        double[] p = probabilistic.Probabilities(x);
        int classes = y.Classes.Length;
        int[] predicted = new int[x.Rows];
        for (int i = 0; i < predicted.Length; i++) predicted[i] = TensorPrimitives.IndexOfMax<double>(p.AsSpan(i * classes, classes));
        double error = Error(predicted, y.Codes, w);
        if (error <= 0) return (1, 0, true);
        for (int i = 0; i < w.Length; i++)
        {
            double sum = 0;
            for (int k = 0; k < classes; k++)
                sum += (k == y.Codes[i] ? 1 : -1.0 / (classes - 1)) * Math.Log(Math.Max(p[i * classes + k], AdaBoostClassificationModel.LeastProbability));
            double change = -LearningRate * ((classes - 1.0) / classes) * sum;
            if (w[i] > 0 || change < 0) w[i] *= Math.Exp(change);
        }
        return (1, error, false);
    }

    static double Error(int[] predicted, ReadOnlySpan<int> codes, double[] w)
    {
        double wrong = 0, total = 0;
        for (int i = 0; i < w.Length; i++)
        {
            total += w[i];
            if (predicted[i] != codes[i]) wrong += w[i];
        }
        return wrong / total;
    }
}
