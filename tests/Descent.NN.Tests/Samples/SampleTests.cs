using Descent.Samples;

namespace Descent.NN.Tests;

/// <summary>The samples in small form: they run, and learn what they say.</summary>
public sealed class SampleTests
{
    public static TheoryData<string, Func<TextWriter, double>, double, double> Samples => new()
    {
        { "moons", output => MoonsClassifier.Run(output, epochs: 10), 0.95, 1 },
        { "digits", output => AugmentedDigits.Run(output, images: 1_000, epochs: 2), 0.7, 1 },
        { "loop", output => ResumableLoop.Run(output, epochs: 3), 0, 0 },
        { "words", output => WordTypes.Run(output, words: 800, epochs: 6), 0.85, 1 },
        { "table", output => TableRegression.Run(output, rows: 200, steps: 200), 0.95, 1 },
        { "search", output => SimilarThings.Run(output, count: 1_000), 0.95, 1 },
        { "churn", output => ChurnModel.Run(output, rows: 400), 0.78, 0.95 },
    };

    [Theory, MemberData(nameof(Samples))]
    public void A_sample_learns_what_it_shows(string name, Func<TextWriter, double> run, double low, double high)
    {
        using var output = new StringWriter();
        Assert.InRange(run(output), low, high);
        Assert.True(output.ToString().Length > 10, name);
    }
}
