using Descent.NN;
using Descent.Tensors;

namespace Descent.Samples;

/// <summary>A small GPT and the trainer: warm-up and cosine, clipping, decay for matrices alone, and what it writes.</summary>
public static class CharGptText
{
    /// <param name="file">A text to learn from; sums in words if null.</param>
    /// <returns>The loss of the text's last tenth, in nats a character.</returns>
    public static double Run(TextWriter output, string? file = null, int steps = 400, int width = 96)
    {
        Generator.ManualSeed(1);
        string text = file is null ? TextCorpus.Sums(sentences: 4_000) : TextCorpus.Read(file);
        var vocabulary = CharVocabulary.Of(text);
        int[] tokens = vocabulary.Encode(text);
        int train = tokens.Length * 9 / 10;

        var config = new GptConfig { VocabularySize = vocabulary.Count, ContextLength = 64, Layers = 3, Heads = 4, Width = width, Positions = PositionKind.Rotary };
        var model = new CharGpt(config);
        // Decay pulls matrices alone; biases and normalisations go free.
        AdamGroup Group(bool matrices) => new(model.Parameters().Where(p => p.Rank > 1 == matrices))
        {
            LearningRate = 3e-3, Betas = (0.9, 0.99), WeightDecay = matrices ? 0.1 : 0,
        };
        var optimizer = new AdamW([Group(matrices: true), Group(matrices: false)]);
        var trainer = new Trainer<Example>(new LanguageModelTask(model, optimizer),
            new() { Steps = steps, ValidateSteps = Math.Max(1, steps / 4), ClipNorm = 1 },
            new DataLoader(new TokenDataset(tokens[..train], config.ContextLength), batchSize: 16, shuffle: true, seed: 1),
            new DataLoader(new TokenDataset(tokens[train..], config.ContextLength, stride: config.ContextLength), batchSize: 64));
        trainer.Schedules.Add(new(new WarmUpCosineLR(optimizer, warmUpSteps: steps / 10, totalSteps: steps, minimum: 3e-4)));

        output.WriteLine($"{model.Parameters().Sum(p => p.Elements):N0} parameters, {train:N0} characters of {vocabulary.Count} kinds");
        trainer.Run();
        foreach (var row in trainer.State.Rows)
            output.WriteLine($"step {row.Step}: loss {row["train_loss"]:F3}, held out {row["validation_loss"]:F3}");

        string prompt = text[..text.IndexOf(' ', StringComparison.Ordinal)];
        var written = new Sampler { Temperature = 0.8, TopK = 10 }.Generate(model.Eval(), vocabulary.Encode(prompt)).Take(200);
        output.WriteLine($"it goes on from '{prompt}': {prompt}{vocabulary.Decode(written)}");
        return trainer.State.Rows[^1]["validation_loss"];
    }
}
