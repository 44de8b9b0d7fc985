using Descent.Metrics;
using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of the page on metrics and losses, as they stand there.</summary>
public sealed class MetricsAndLossesSnippets
{
    [Fact]
    public void A_loss_rises_while_accuracy_stays()
    {
        long[] truth = [0, 0, 1, 1];
        var unsure = Tensor.From<float>([0.6f, 0.4f, 0.6f, 0.4f, 0.4f, 0.6f, 0.6f, 0.4f], [4, 2]);
        var tooSure = Tensor.From<float>([0.9f, 0.1f, 0.9f, 0.1f, 0.1f, 0.9f, 0.999f, 0.001f], [4, 2]);
        var target = Tensor.From(truth);
        double lossBefore = F.NllLoss(unsure.Log(), target).Item();     // 0.61
        double lossAfter = F.NllLoss(tooSure.Log(), target).Item();     // 1.81: three times worse
        double accuracyBefore = ClassificationMetrics.Accuracy(truth, unsure.Argmax(1).ToArray<long>());    // 0.75
        double accuracyAfter = ClassificationMetrics.Accuracy(truth, tooSure.Argmax(1).ToArray<long>());    // 0.75

        Assert.Equal((0.61, 1.81), (Math.Round(lossBefore, 2), Math.Round(lossAfter, 2)));
        Assert.Equal((0.75, 0.75), (accuracyBefore, accuracyAfter));
    }

    [Fact]
    public void Rare_classes()
    {
        long[] rare = [.. Enumerable.Repeat(0L, 99), 1];
        long[] never = new long[100];
        double accuracy = ClassificationMetrics.Accuracy(rare, never);             // 0.99
        double balanced = ClassificationMetrics.BalancedAccuracy(rare, never);     // 0.5: no better than guessing
        double f1 = ClassificationMetrics.F1(rare, never);                         // 0
        double matthews = AgreementMetrics.Matthews(rare, never);                  // 0

        Assert.Equal((0.99, 0.5, 0, 0), (accuracy, balanced, f1, matthews));
    }

    [Fact]
    public void Batches()
    {
        long[] labels = [0, 1, 1, 0, 1], predictions = [0, 1, 0, 0, 1];
        ConfusionMatrix first = new(2), second = new(2), whole = new(2);
        first.Update(labels.AsSpan(0, 2), predictions.AsSpan(0, 2));
        second.Update(labels.AsSpan(2), predictions.AsSpan(2));
        first.Merge(second);                   // as another thread or machine would
        whole.Update(labels, predictions);
        double merged = first.Compute().Macro.F1, direct = whole.Compute().Macro.F1;    // equal

        Assert.Equal(direct, merged);
        Assert.Equal((2 * 2 / 5.0 + 2 * 2 / 5.0) / 2, direct, 12);
    }
}
