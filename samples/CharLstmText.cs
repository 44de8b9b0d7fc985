using Descent.NN;
using Descent.Tensors;

namespace Descent.Samples;

/// <summary>An LSTM learns to write sums in words, character by character, and writes at several temperatures.</summary>
public static class CharLstmText
{
    /// <returns>The loss of the text's last tenth, in nats a character.</returns>
    public static double Run(TextWriter output, int steps = 400, int hiddenSize = 128)
    {
        Generator.ManualSeed(1);
        string text = TextCorpus.Sums(sentences: 4_000);
        var vocabulary = CharVocabulary.Of(text);
        int[] tokens = vocabulary.Encode(text);
        int train = tokens.Length * 9 / 10;
        var batches = new DataLoader(new TokenDataset(tokens[..train], contextLength: 64), batchSize: 32, shuffle: true, seed: 1);
        var heldOut = new DataLoader(new TokenDataset(tokens[train..], contextLength: 64, stride: 64), batchSize: 64);

        var model = new CharLstm(vocabulary.Count, width: 32, hiddenSize, layers: 1);
        var optimizer = new Adam(model.Parameters(), learningRate: 1e-2);
        var schedule = new CosineAnnealingLR(optimizer, steps);
        int step = 0;
        foreach (var batch in batches.Take(steps))
        {
            optimizer.ZeroGrad();
            var loss = Loss(model, batch);
            loss.Backward();
            Clipping.ClipGradNorm_(model.Parameters(), maxNorm: 1);
            optimizer.Step();
            schedule.Step();
            if (++step % 100 == 0) output.WriteLine($"step {step}: loss {loss.Item():F3}");
        }

        model.Eval();
        using var _ = Autograd.NoGrad();
        double held = heldOut.Average(batch => Loss(model, batch).Item());
        output.WriteLine($"held out: loss {held:F3}, {Math.Exp(held):F2} characters to choose from on average");
        foreach (double temperature in (double[])[0.2, 0.7, 1.2])
        {
            var drawn = new Sampler { Temperature = temperature }.Generate(model, vocabulary.Encode("Seven and ")).Take(100);
            output.WriteLine($"temperature {temperature}: Seven and {vocabulary.Decode(drawn).ReplaceLineEndings(" ")}");
        }
        return held;
    }

    static Tensor Loss(CharLstm model, Example batch) => F.CrossEntropy(model.Forward(batch.Input).Flatten(0, 1), batch.Target.Flatten());
}
