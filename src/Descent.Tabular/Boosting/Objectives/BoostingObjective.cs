using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Descent.Tabular;

/// <summary>What second-order boosting descends: gradient and hessian of a loss by the scores of a row, in float32 as XGBoost has them.</summary>
[JsonDerivedType(typeof(SquaredObjective), "squared")]
[JsonDerivedType(typeof(AbsoluteObjective), "absolute")]
[JsonDerivedType(typeof(HuberObjective), "huber")]
[JsonDerivedType(typeof(PseudoHuberObjective), "pseudo_huber")]
[JsonDerivedType(typeof(QuantileObjective), "quantile")]
[JsonDerivedType(typeof(LogisticObjective), "logistic")]
[JsonDerivedType(typeof(HingeObjective), "hinge")]
[JsonDerivedType(typeof(PoissonObjective), "poisson")]
[JsonDerivedType(typeof(GammaObjective), "gamma")]
[JsonDerivedType(typeof(TweedieObjective), "tweedie")]
[JsonDerivedType(typeof(SoftmaxObjective), "softmax")]
[JsonDerivedType(typeof(OneVersusAllObjective), "one_versus_all")]
[JsonDerivedType(typeof(CoxObjective), "cox")]
[JsonDerivedType(typeof(AcceleratedFailureObjective), "accelerated_failure")]
[JsonDerivedType(typeof(RankingObjective), "ranking")]
[JsonDerivedType(typeof(CustomObjective), "custom")]
public abstract record BoostingObjective
{
    private protected BoostingObjective() { }

    /// <summary>What is descended to tell classes apart: the logistic loss of two, the softmax of more.</summary>
    internal static BoostingObjective OfClasses(int classes, float scalePositiveWeight) =>
        classes == 2 ? new LogisticObjective { ScalePositiveWeight = scalePositiveWeight } : new SoftmaxObjective { Classes = classes };

    /// <summary>Scores of a row: 1, or the number of classes or quantiles.</summary>
    public virtual int Outputs => 1;

    /// <summary>The score that stands for a prediction.</summary>
    internal virtual float Margin(float prediction) => prediction;

    /// <summary>The prediction to start from.</summary>
    internal virtual double Start(BoostingTargets targets) => targets.Mean();

    /// <summary>The score that each output starts from, where they start apart; empty where all start from <see cref="Start"/>.</summary>
    internal virtual ImmutableArray<float> Starts(BoostingTargets targets) => [];

    /// <summary>Gradients and hessians of all rows' scores, which lie one after another for each row.</summary>
    /// <param name="margins">(rows × outputs) scores.</param>
    /// <param name="targets">What is to be predicted, and the weights.</param>
    /// <param name="round">The round, which decides what is drawn at random.</param>
    /// <param name="gradients">(rows × outputs) gradients.</param>
    /// <param name="hessians">(rows × outputs) hessians.</param>
    internal abstract void Gradients(float[] margins, BoostingTargets targets, int round, float[] gradients, float[] hessians);

    /// <summary>The weighted mean loss, of which the gradients are the slopes.</summary>
    internal abstract double Loss(float[] margins, BoostingTargets targets);

    /// <summary>Scores to predictions, in place.</summary>
    internal virtual void Transform(Span<float> margins) { }

    /// <summary>Why a target is none of this objective, or null.</summary>
    internal virtual string? Refuse(double target) => null;

    /// <summary>The quantile of the residuals in a leaf that is the leaf's best value; null where the Newton step is.</summary>
    internal virtual double? LeafQuantile(int output) => null;

    /// <summary>What early stopping watches unless it is told.</summary>
    internal abstract BoostingMetric DefaultMetric { get; }
}
