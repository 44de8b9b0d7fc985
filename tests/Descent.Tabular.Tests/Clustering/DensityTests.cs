using Descent.Tensors;

namespace Descent.Tabular.Tests;

[Collection(nameof(Numerics))]
public sealed class DensityTests
{
    /// <summary>Three clouds made by formula.</summary>
    static Features Clouds() => Features.FromRows([.. Enumerable.Range(0, 240).SelectMany(i => new[]
    {
        10 * Math.Cos(2.1 * (i % 3)) + i * 37 % 41 / 41.0 + 0.3 * (i * i * 13 % 29 / 29.0), 5 * Math.Sin(2.1 * (i % 3)) + i * 53 % 47 / 47.0 * (1 + i % 3),
    })], 2);

    /// <summary>Log likelihood, AIC and BIC by scikit-learn 1.2.1.</summary>
    public static TheoryData<MixtureCovariance, double, double, double> Mixtures => new()
    {
        { MixtureCovariance.Full, -500.78298301853033, 1035.5659660370607, 1094.7368277338744 },
        { MixtureCovariance.Tied, -542.210375689423, 1106.420751378846, 1144.7077795356079 },
        { MixtureCovariance.Diagonal, -501.16826615376743, 1030.336532307535, 1079.0654772343228 },
        { MixtureCovariance.Spherical, -555.9987368269485, 1133.997473653897, 1172.2845018106589 },
    };

    [Theory, MemberData(nameof(Mixtures))]
    public void Mixtures_are_as_probable_as_those_of_the_reference(MixtureCovariance covariance, double likelihood, double aic, double bic)
    {
        var x = Clouds();
        var learner = new GaussianMixture { Components = 3, Covariance = covariance, Tolerance = 1e-10, MaxIterations = 1000 };
        var model = learner.Fit(x);
        Assert.Equal(likelihood, model.LogLikelihood, 1e-4);
        Assert.Equal(aic, model.Aic(x), 1e-4);
        Assert.Equal(bic, model.Bic(x), 1e-4);
        Assert.Equal(likelihood, model.LogDensities(x).Sum(), 1e-4);
        double[] places = [.. Enumerable.Range(0, 3).Select(k => model.Means[2 * k]).Order()];
        Assert.Equal(-4.413204527916152, places[0], 1e-5);
        Assert.Equal(10.635920941968042, places[2], 1e-5);
        int[] codes = model.Predict(x);
        Assert.Equal(3, codes.Select((c, i) => (c, i % 3)).Distinct().Count());
        Assert.Equal(model.Means.ToArray(), LearnerTests.OnThreads(1, () => learner.Fit(x)).Means.ToArray());
        var stream = new MemoryStream();
        model.Save(stream);
        Assert.Equal(model.LogDensities(x), ModelFile.Load<GaussianMixtureModel>(stream).LogDensities(x));
    }

    [Fact]
    public void A_mixture_of_weights_is_one_of_rows_given_twice()
    {
        var x = Clouds();
        int[] twice = [.. Enumerable.Range(0, 240), .. Enumerable.Range(0, 240).Where(i => i % 4 == 0)];
        var learner = new GaussianMixture { Components = 3, Tolerance = 1e-10, MaxIterations = 1000 };
        var weighted = learner.Fit(x, [.. Enumerable.Range(0, 240).Select(i => i % 4 == 0 ? 2.0 : 1)]);
        Assert.Equal(learner.Fit(x.Take(twice)).LogLikelihood, weighted.LogLikelihood, 1e-5);
    }

    [Fact]
    public void Parts_by_density_are_those_of_the_reference_whatever_the_search()
    {
        var (x, _, _) = ReferenceTests.Sample();
        int[] expected =
        [
            -1, 0, 0, 0, 1, 2, -1, 2, 2, 4, 2, -1, 3, -1, -1, 0, 1, 0, 1, 2, -1, 2, -1, 3, 4, 3, 1, -1, 0, -1,
            -1, 1, -1, -1, -1, 2, 2, 3, 4, 3, -1, 1, 0, 1, 1, 0, 1, -1, -1, 3, 3, -1, -1, 4, -1, 1, 0, 1, 1, 0,
        ];
        foreach (var algorithm in Enum.GetValues<NeighborAlgorithm>())
        {
            var result = new Dbscan { Radius = 0.9, MinSamples = 4, Algorithm = algorithm }.Fit(x);
            Assert.Equal(expected, result.Codes);
            Assert.Equal(5, result.Clusters);
            Assert.Equal(27, result.IsCore.Count(c => c));
        }
        Assert.Equal(0, new Dbscan { Radius = 0.9, MinSamples = 100 }.Fit(x).Clusters);
        Assert.Equal(1, new Dbscan { Radius = 100 }.Fit(x).Clusters);
    }

    [Fact]
    public void A_forest_parts_outliers_from_the_rest()
    {
        var random = new Random(4);
        double[] rows = [.. Enumerable.Range(0, 1000).Select(i => i >= 980 ? 8 + 3 * random.NextDouble() : random.NextDouble() + random.NextDouble() + random.NextDouble())];
        var x = Features.FromRows(rows, 2);
        var learner = new IsolationForest { Contamination = 0.02 };
        var model = learner.Fit(x);
        bool[] isOut = model.Predict(x);
        Assert.Equal(10, isOut.Count(o => o));
        Assert.All(isOut[490..], Assert.True);
        double[] scores = model.Scores(x);
        Assert.All(scores, s => Assert.InRange(s, 0, 1));
        Assert.Equal(scores, LearnerTests.OnThreads(1, () => learner.Fit(x)).Scores(x));
        Assert.True(learner.Fit(x, [.. Enumerable.Range(0, 500).Select(i => i < 490 ? 1.0 : 0)]).Scores(x)[495] > 0.6);
        var stream = new MemoryStream();
        model.Save(stream);
        Assert.Equal(scores, ModelFile.Load<IsolationForestModel>(stream).Scores(x));
    }
}
