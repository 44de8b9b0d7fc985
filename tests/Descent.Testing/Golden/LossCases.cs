using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Losses in every reduction.</summary>
static class LossCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["cross_entropy"] = c => F.CrossEntropy(c["input"], c["target"], c.Find("weight"), c.Int("ignore_index", -100), Reduce(c), c.Double("label_smoothing", 0)),
        ["cross_entropy_prob"] = c => F.CrossEntropy(c["input"], c["target"], c.Find("weight"), reduction: Reduce(c), labelSmoothing: c.Double("label_smoothing", 0)),
        ["nll_loss"] = c => F.NllLoss(c["input"], c["target"], c.Find("weight"), c.Int("ignore_index", -100), Reduce(c)),
        ["mse_loss"] = c => F.MseLoss(c["input"], c["target"], Reduce(c)),
        ["l1_loss"] = c => F.L1Loss(c["input"], c["target"], Reduce(c)),
        ["binary_cross_entropy"] = c => F.BinaryCrossEntropy(c["input"], c["target"], c.Find("weight"), Reduce(c)),
        ["binary_cross_entropy_with_logits"] = c => F.BinaryCrossEntropyWithLogits(c["input"], c["target"], c.Find("weight"), c.Find("pos_weight"), Reduce(c)),
        ["smooth_l1_loss"] = c => F.SmoothL1Loss(c["input"], c["target"], Reduce(c), c.Double("beta", 1)),
        ["huber_loss"] = c => F.HuberLoss(c["input"], c["target"], Reduce(c), c.Double("delta", 1)),
        ["poisson_nll_loss"] = c => F.PoissonNllLoss(c["input"], c["target"], !c.Has("log_input") || c.Flag("log_input"), c.Flag("full"), c.Double("eps", 1e-8), Reduce(c)),
        ["gaussian_nll_loss"] = c => F.GaussianNllLoss(c["input"], c["target"], c["var"], c.Flag("full"), c.Double("eps", 1e-6), Reduce(c)),
        ["kl_div"] = c => F.KlDiv(c["input"], c["target"], Reduce(c), c.Flag("log_target")),
        ["hinge_embedding_loss"] = c => F.HingeEmbeddingLoss(c["input"], c["target"], c.Double("margin", 1), Reduce(c)),
        ["margin_ranking_loss"] = c => F.MarginRankingLoss(c["input1"], c["input2"], c["target"], c.Double("margin", 0), Reduce(c)),
        ["soft_margin_loss"] = c => F.SoftMarginLoss(c["input"], c["target"], Reduce(c)),
        ["multilabel_soft_margin_loss"] = c => F.MultilabelSoftMarginLoss(c["input"], c["target"], c.Find("weight"), Reduce(c)),
        ["multi_margin_loss"] = c => F.MultiMarginLoss(c["input"], c["target"], c.Int("p", 1), c.Double("margin", 1), c.Find("weight"), Reduce(c)),
        ["multilabel_margin_loss"] = c => F.MultilabelMarginLoss(c["input"], c["target"], Reduce(c)),
        ["triplet_margin_loss"] = c => F.TripletMarginLoss(c["anchor"], c["positive"], c["negative"], c.Double("margin", 1), c.Double("p", 2), c.Double("eps", 1e-6), c.Flag("swap"), Reduce(c)),
        ["cosine_embedding_loss"] = c => F.CosineEmbeddingLoss(c["input1"], c["input2"], c["target"], c.Double("margin", 0), Reduce(c)),
        ["ctc_loss"] = c => F.CtcLoss(c["logits"].LogSoftmax(-1), c["targets"], c["input_lengths"], c["target_lengths"], c.Int("blank", 0), Reduce(c), c.Flag("zero_infinity")),
        ["dice_loss"] = c => F.DiceLoss(c["input"], c["target"], c.Double("smooth", 1), reduction: Reduce(c)),
        ["sigmoid_focal_loss"] = c => F.SigmoidFocalLoss(c["input"], c["target"], c.Double("alpha", 0.25), c.Double("gamma", 2), Reduce(c)),
    };

    static Reduction Reduce(GoldenCall c) => c.MaybeText("reduction") is { } name ? Enum.Parse<Reduction>(name, ignoreCase: true) : Reduction.Mean;
}
