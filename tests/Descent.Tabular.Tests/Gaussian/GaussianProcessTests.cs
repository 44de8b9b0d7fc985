namespace Descent.Tabular.Tests;

public sealed class GaussianProcessTests
{
    static readonly CovarianceKernel s_half = new ConstantKernel { Variance = 2 } * new MaternKernel { Smoothness = MaternSmoothness.Half, Lengths = [0.7, 1.1, 1.9] } + new WhiteKernel { Noise = 0.2 };
    static readonly CovarianceKernel s_five = new MaternKernel { Smoothness = MaternSmoothness.FiveHalves, Lengths = [1.3] } * new ConstantKernel { Variance = 0.7 } + new RbfKernel { Lengths = [3] } + new WhiteKernel { Noise = 0.05 };
    static readonly CovarianceKernel s_three = new MaternKernel { Lengths = [1.3] } + new WhiteKernel { Noise = 0.1 };
    static readonly CovarianceKernel s_rbf = new ConstantKernel { Variance = 1.5 } * new RbfKernel { Lengths = [0.8] } + new WhiteKernel { Noise = 0.1 };

    /// <summary>Kernels, and what scikit-learn 1.2.1 predicts with them, how surely, and their log marginal likelihoods before and after fitting.</summary>
    public static TheoryData<KernelCase, double[], double[], double, double> References => new()
    {
        { new("RBF", s_rbf), [-3.96171767552, -1.5423869095, -1.95151578173, -2.27817496168], [1.53136349211, 1.26081290254, 1.28925528526, 1.26442081092], -50.3176010183369, 13.240845769811465 },
        { new("Matérn 1/2", s_half), [-3.8671216084, -1.5299378432, -1.7727448438, -2.48078429185], [2.94150421188, 2.45864449013, 2.41807971171, 2.74209870823], -71.56707952366385, -8.145660356493046 },
        { new("Matérn 3/2", s_three), [-3.82636958038, -1.50686849322, -1.81829727671, -2.27546192926], [1.38475639203, 1.22149910315, 1.23993951192, 1.23243465916], -41.02989063025708, 1.7648394160394787 },
        { new("Matérn 5/2", s_five), [-3.74510449559, -1.45289329472, -1.81396969381, -2.18392692304], [0.958000981312, 0.841947985955, 0.858449681348, 0.83876772333], -24.481342965872333, 13.242379918471862 },
    };

    [Theory, MemberData(nameof(References))]
    public void Predictions_and_deviations_are_those_of_the_reference(KernelCase kernel, double[] means, double[] deviations, double evidence, double best)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(means);
        ArgumentNullException.ThrowIfNull(deviations);
        var (x, y, test) = ReferenceTests.Sample();
        var model = new GaussianProcessRegressor { Kernel = kernel.Kernel, Optimize = false }.Fit(x, y);
        var (m, d) = model.PredictWithDeviation(test);
        for (int i = 0; i < means.Length; i++)
        {
            Assert.Equal(means[i], m[i], 1e-8);
            Assert.Equal(deviations[i], d[i], 1e-8);
        }
        Assert.Equal(m, model.Predict(test));
        Assert.Equal(evidence, model.Evidence, 1e-8);
        // It may find a better one; a worse one it must not.
        Assert.InRange(new GaussianProcessRegressor { Kernel = kernel.Kernel, Restarts = 2 }.Fit(x, y).Evidence, best - 0.02, double.PositiveInfinity);
    }

    [Fact]
    public void Probabilities_are_those_of_the_reference_but_for_its_approximate_integral()
    {
        var (x, y, test) = ReferenceTests.Sample();
        CovarianceKernel kernel = new ConstantKernel { Variance = 2 } * new RbfKernel { Lengths = [1.2] };
        var learner = new GaussianProcessClassifier { Kernel = kernel, Optimize = false };
        var two = learner.Fit(x, ReferenceTests.Targets(isBinary: true));
        Agree([0.761513372085, 0.238486627915, 0.861306424846, 0.138693575154, 0.810110990734, 0.189889009266, 0.879305084434, 0.120694915566], two.Probabilities(test));
        Assert.Equal(-27.636724423498702, two.Processes[0].Evidence, 1e-6);
        Agree([0.637779412361, 0.162083505958, 0.200137081681, 0.368308277767, 0.502805790011, 0.128885932222, 0.366639910899, 0.449492203919, 0.183867885182, 0.689582512813, 0.195058802567, 0.115358684619],
            learner.Fit(x, ReferenceTests.Targets(isBinary: false)).Probabilities(test));
        Assert.InRange((learner with { Optimize = true }).Fit(x, ReferenceTests.Targets(isBinary: true)).Processes[0].Evidence, -17.536, double.PositiveInfinity);
        CovarianceKernel each = new ConstantKernel() * new MaternKernel { Smoothness = MaternSmoothness.FiveHalves, Lengths = [1, 1, 1] };
        Assert.InRange(new GaussianProcessClassifier { Kernel = each }.Fit(x, ReferenceTests.Targets(isBinary: true)).Processes[0].Evidence, -15.06, double.PositiveInfinity);

        static void Agree(double[] expected, double[] actual)
        {
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 5e-4);
        }
    }

    [Fact]
    public void Points_that_are_the_same_need_noise()
    {
        var x = Features.FromRows([1, 1, 2], 1);
        var learner = new GaussianProcessRegressor { Kernel = new RbfKernel(), Alpha = 0, Optimize = false };
        Assert.Contains("too close to singular", Assert.Throws<InvalidOperationException>(() => learner.Fit(x, [1, 2, 3])).Message, StringComparison.Ordinal);
        Assert.Equal(1.5, (learner with { Alpha = 1e-6 }).Fit(x, [1, 2, 3]).PredictRow(1), 1e-3);
    }
}
