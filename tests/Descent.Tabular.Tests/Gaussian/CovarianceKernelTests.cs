namespace Descent.Tabular.Tests;

public sealed record KernelCase(string Name, CovarianceKernel Kernel)
{
    public override string ToString() => Name;
}

public sealed class CovarianceKernelTests
{
    static readonly CovarianceKernel s_rbf = new RbfKernel { Lengths = [0.7, 1.3] };

    public static TheoryData<KernelCase> Kernels =>
    [
        new("constant", new ConstantKernel { Variance = 1.7 }),
        new("white", new WhiteKernel { Noise = 0.4 }),
        new("RBF", new RbfKernel { Lengths = [0.8] }),
        new("RBF, a length for each", s_rbf),
        new("Matérn 1/2", new MaternKernel { Smoothness = MaternSmoothness.Half, Lengths = [0.6] }),
        new("Matérn 3/2", new MaternKernel { Lengths = [0.6, 2] }),
        new("Matérn 5/2", new MaternKernel { Smoothness = MaternSmoothness.FiveHalves, Lengths = [1.4, 0.9] }),
        new("sum", s_rbf + new WhiteKernel()),
        new("product of sums", (new ConstantKernel { Variance = 3 } + new MaternKernel()) * (s_rbf + new WhiteKernel { Noise = 0.2 })),
    ];

    [Theory, MemberData(nameof(Kernels))]
    public void Slopes_agree_with_differences(KernelCase kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        double[] a = [0.3, -0.4], b = [-0.5, 0.7], logs = [.. kernel.Kernel.Parameters.Select(Math.Log)], slopes = new double[logs.Length];
        foreach (bool isSame in (bool[])[false, true])
        {
            double[] other = isSame ? a : b;
            kernel.Kernel.Value(a, other, isSame, slopes);
            for (int p = 0; p < logs.Length; p++)
            {
                double At(double step) => kernel.Kernel.With([.. logs.Select((l, i) => Math.Exp(i == p ? l + step : l))]).Value(a, other, isSame, []);
                Assert.Equal((At(1e-5) - At(-1e-5)) / 2e-5, slopes[p], 1e-8);
            }
        }
    }

    [Theory, MemberData(nameof(Kernels))]
    public void Kernels_are_symmetric_and_greatest_at_the_point_itself(KernelCase kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        double[] a = [0.3, -0.4], b = [-0.5, 0.7];
        Assert.Equal(kernel.Kernel.Value(a, b, false, []), kernel.Kernel.Value(b, a, false, []));
        Assert.True(kernel.Kernel.Value(a, a, true, []) >= kernel.Kernel.Value(a, b, false, []));
    }

    [Fact]
    public void Numbers_that_are_none_of_a_kernel_are_refused()
    {
        Assert.Contains("Variance is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new ConstantKernel { Variance = 0 }).Message, StringComparison.Ordinal);
        Assert.Contains("Lengths is -1", Assert.Throws<ArgumentOutOfRangeException>(() => new RbfKernel { Lengths = [1, -1] }).Message, StringComparison.Ordinal);
        var learner = new GaussianProcessRegressor { Kernel = s_rbf };
        Assert.Contains("2 lengths for 1 features", Assert.Throws<ArgumentException>(() => learner.Fit(Features.FromRows([1, 2, 3], 1), [1, 2, 3])).Message, StringComparison.Ordinal);
    }
}
