using Descent.NN;
using Descent.Tensors;

namespace Descent.Samples;

/// <summary>
/// Words of any length are told apart by their letters: records with ragged sequences, batches of about one length, and a
/// batch type of one's own.
/// </summary>
public static class WordTypes
{
    sealed record Word(string Text, long Kind)
    {
        public Tensor Letters => Tensor.From<long>([.. Text.Select(c => (long)(c - 'a' + 1))]);
    }

    sealed record Words(PaddedBatch Letters, Tensor Kinds, IReadOnlyList<string> Texts);

    /// <summary>Random words of 1 to 20 letters; the kind says whether vowels are at least a third of them.</summary>
    sealed class MadeUpWords(int count, ulong seed) : IDataset<Word>
    {
        const string Letters = "aeiouaeiouaeioubcdfghjklmnpqrstvwxyz";

        public int Count => count;

        public Word this[int index]
        {
            get
            {
                var generator = new Generator(seed, (ulong)index);
                var letters = new long[generator.NextInt64(1, 21)];
                generator.Integers(letters, 0, Letters.Length);
                string text = string.Concat(letters.Select(l => Letters[(int)l]));
                return new(text, 3 * text.Count("aeiou".Contains) >= text.Length ? 1 : 0);
            }
        }
    }

    /// <summary>The mean of the letters' vectors, from which a small network decides.</summary>
    sealed class LetterModel : Module
    {
        readonly Embedding _letters = new(27, 16, paddingIdx: 0);
        readonly Sequential _decide = new(new Linear(16, 32), new ReLU(), new Linear(32, 2));

        public Tensor Forward(PaddedBatch letters)
        {
            // Padding has the vector 0, so it adds nothing to the sum.
            var sum = _letters.Forward(letters.Values).Sum(1);
            return _decide.Forward(sum / letters.Lengths.To(DType.Float32).Unsqueeze(1));
        }
    }

    /// <returns>The share of held-out words that it gets right.</returns>
    public static double Run(TextWriter output, int words = 4_000, int epochs = 8)
    {
        Generator.ManualSeed(1);
        var collate = Collate.Fields(
            (Word w) => w.Letters, Collate.Pad(),
            w => w.Kind, Collate.Numbers,
            w => w.Text, Collate.Keep,
            (letters, kinds, texts) => new Words(letters, kinds, texts));
        var (train, test) = (new MadeUpWords(words, seed: 1), new MadeUpWords(words / 4, seed: 2));
        var lengths = Enumerable.Range(0, train.Count).Select(i => train[i].Text.Length);
        var batches = new DataLoader<Words>(train.Batched(collate), new BucketBatchSampler(lengths, batchSize: 32, seed: 1));

        var model = new LetterModel();
        var optimizer = new Adam(model.Parameters(), learningRate: 1e-2);
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            double sum = 0, padding = 0, letters = 0;
            foreach (var batch in batches)
            {
                optimizer.ZeroGrad();
                var loss = F.CrossEntropy(model.Forward(batch.Letters), batch.Kinds);
                loss.Backward();
                optimizer.Step();
                sum += loss.Item();
                letters += batch.Letters.Mask.Elements;
                padding += batch.Letters.Mask.Elements - batch.Letters.Lengths.Sum().Item();
            }
            output.WriteLine($"epoch {epoch}: loss {sum / batches.Batches:F4}, {padding / letters:P1} of the batches is padding");
        }

        double right = 0;
        using var _ = Autograd.NoGrad();
        foreach (var batch in new DataLoader<Words>(test.Batched(collate), batchSize: 100))
        {
            var guesses = model.Forward(batch.Letters).Argmax(1).Eq(batch.Kinds).ToArray<bool>();
            right += guesses.Count(g => g);
            if (right == guesses.Count(g => g)) output.WriteLine($"{batch.Texts[0]} is {(guesses[0] ? "" : "not ")}told right");
        }
        output.WriteLine($"{right / test.Count:P1} of {test.Count} held-out words are right");
        return right / test.Count;
    }
}
