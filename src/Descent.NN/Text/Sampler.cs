using Descent.Tensors;

namespace Descent.NN;

/// <summary>Draws text from a model, token by token; the same settings and seed give the same text.</summary>
/// <remarks>Nucleus sampling (<see cref="TopP"/>): Holtzman et al., "The Curious Case of Neural Text Degeneration", 2019, arXiv:1904.09751.</remarks>
public sealed record Sampler
{
    /// <summary>Divides the logits: below 1 the likely becomes likelier; 0 always takes the likeliest.</summary>
    public double Temperature { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Temperature), value, $"Temperature is {value}; it must be at least 0."); } = 1;

    /// <summary>Only so many of the likeliest tokens are drawn from; null for all.</summary>
    public int? TopK { get; init => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(TopK), value, $"TopK is {value}; it must be at least 1."); }

    /// <summary>Only the likeliest tokens are drawn from that together have this probability; null for all.</summary>
    public double? TopP { get; init => field = value is null or (> 0 and <= 1) ? value : throw new ArgumentOutOfRangeException(nameof(TopP), value, $"TopP is {value}; it must be above 0 and at most 1."); }

    /// <summary>Seed of the draws.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Tokens that go on from a prompt, one after another; the caller takes as many as it wants.</summary>
    /// <param name="model">A model in evaluation mode.</param>
    /// <param name="prompt">At least one token.</param>
    /// <exception cref="ArgumentException">The prompt is empty.</exception>
    public IEnumerable<int> Generate(ILanguageModel model, IReadOnlyList<int> prompt)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (prompt.Count == 0) throw new ArgumentException("Sampler: the prompt is empty; expected at least one token.", nameof(prompt));
        return Run();

        IEnumerable<int> Run()
        {
            var (state, generator) = (model.Begin(), new Generator(Seed));
            long[] tokens = [.. prompt.Select(t => (long)t)];
            while (true)
            {
                float[] logits;
                using (Autograd.NoGrad()) logits = state.Next(tokens).To(DType.Float32).ToArray<float>();
                int next = Pick(logits, generator);
                yield return next;
                tokens = [next];
            }
        }
    }

    /// <summary>A token by these logits.</summary>
    public int Pick(ReadOnlySpan<float> logits, Generator generator)
    {
        var order = new int[logits.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        var keys = logits.ToArray();
        // The likeliest first; of equals the first.
        Array.Sort(keys, order, Comparer<float>.Create((a, b) => b.CompareTo(a)));
        if (Temperature == 0) return System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits);
        int count = Math.Min(TopK ?? order.Length, order.Length);
        var weights = new double[count];
        double total = 0;
        for (int i = 0; i < count; i++) total += weights[i] = Math.Exp((keys[i] - keys[0]) / Temperature);
        if (TopP is { } mass)
        {
            double sum = 0, wanted = mass * total;
            for (int i = 0; i < count; i++)
                if ((sum += weights[i]) >= wanted) (count, total) = (i + 1, sum);
        }
        double at = generator.NextDouble() * total;
        for (int i = 0; i < count - 1; i++)
            if ((at -= weights[i]) < 0) return order[i];
        return order[count - 1];
    }
}
