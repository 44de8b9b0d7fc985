using Descent.Tensors;

namespace Descent.NN;

/// <summary>Learns classes by cross entropy, and logs the share that is classified right as <c>accuracy</c>.</summary>
/// <param name="model">From inputs to logits <c>(N, C)</c>.</param>
/// <param name="optimizer">What changes it.</param>
/// <param name="labelSmoothing">Share of each target that is spread over all classes, in training.</param>
public sealed class ClassifierTask(Module model, Optimizer optimizer, double labelSmoothing = 0) : TrainingTask<Example>(model, optimizer)
{
    /// <inheritdoc/>
    public override Tensor Loss(Example batch)
    {
        var logits = Model.Forward(batch.Input);
        using (var labels = logits.Detach().Argmax(1))
            Log("accuracy", Matches(labels.AsSpan<long>(), batch.Target.AsSpan<long>()), Items(batch));
        return F.CrossEntropy(logits, batch.Target, labelSmoothing: Model.IsTraining ? labelSmoothing : 0);
    }

    static double Matches(ReadOnlySpan<long> got, ReadOnlySpan<long> want)
    {
        int matches = 0;
        for (int i = 0; i < got.Length; i++)
            if (got[i] == want[i]) matches++;
        return (double)matches / Math.Max(1, got.Length);
    }
}
