using Descent.NN;

namespace Descent.Search.Tests;

public class ClassificationTests
{
    const int Known = 2000, Asked = 1000, K = 5, Pixels = 20 * 20;

    static readonly Lazy<(float[] Images, byte[] Labels)> s_digits = new(() =>
    {
        var (images, labels) = Digits.Generate(Known + Asked, seed: 1, size: 20);
        return ([.. images.Select(x => (float)x)], labels);
    });

    static readonly Lazy<double> s_exact = new(() => Accuracy("flat"));

    public static TheoryData<string> Kinds => [.. IndexKinds.All.Select(k => k.Name)];

    [Theory, MemberData(nameof(Kinds))]
    public void Digits_are_told_apart_as_by_exact_neighbours(string kind)
    {
        Assert.True(s_exact.Value > 0.9);
        Assert.InRange(Accuracy(kind), s_exact.Value - 0.001, s_exact.Value + 0.001);
    }

    /// <summary>The share of digits whose five nearest mostly bear their label; of equally many the label of the nearest.</summary>
    static double Accuracy(string kind)
    {
        var (images, labels) = s_digits.Value;
        using var index = IndexKinds.Create(kind, new(Pixels));
        index.Add([.. Enumerable.Range(0, Known).Select(i => (long)i)], images.AsSpan(0, Known * Pixels));
        var nearest = index.SearchMany(images.AsSpan(Known * Pixels), K);
        return Enumerable.Range(0, Asked).Average(q =>
            nearest[(q * K)..(q * K + K)].GroupBy(n => labels[n.Id]).MaxBy(g => g.Count())!.Key == labels[Known + q] ? 1.0 : 0);
    }
}
