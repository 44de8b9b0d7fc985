using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>A network whose softmax gives the probabilities of the classes, by the least cross entropy.</summary>
public sealed record MlpClassifier : MlpOptions, IClassifier<MlpClassificationModel>
{
    /// <inheritdoc/>
    public MlpClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(MlpClassifier), x, y.Count, weights);
        Training.TwoClasses(nameof(MlpClassifier), y);
        int[] codes = y.Codes.ToArray();
        var (train, held) = HeldOut.Classes(y, ValidationShare, Seed);
        var (encoding, network) = new MlpTraining(this, x, w, y.Classes.Length, (outputs, rows) =>
            F.CrossEntropy(outputs, Tensor.From<long>(Array.ConvertAll(rows, i => (long)codes[i])), reduction: Reduction.None)).Run(train, held);
        return new() { Schema = x.Schema, Classes = y.Classes, Encoding = encoding, Network = network, Activation = Activation };
    }
}
