using Descent.Tensors;

namespace Descent.NN;

/// <summary>Learns the next token by cross entropy, the mean over all positions.</summary>
/// <param name="model">From tokens <c>(N, T)</c> to logits <c>(N, T, vocabulary)</c>.</param>
/// <param name="optimizer">What changes it.</param>
public sealed class LanguageModelTask(Module model, Optimizer optimizer) : TrainingTask<Example>(model, optimizer)
{
    /// <inheritdoc/>
    public override Tensor Loss(Example batch)
    {
        var logits = Model.Forward(batch.Input);
        return F.CrossEntropy(logits.Reshape(-1, logits.Shape[^1]), batch.Target.Reshape(-1));
    }
}
