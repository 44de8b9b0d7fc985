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
    };

    static Reduction Reduce(GoldenCall c) => Enum.Parse<Reduction>(c.Text("reduction"), ignoreCase: true);
}
