using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of the page on over- and underfitting, as they stand there.</summary>
public sealed class OverAndUnderfittingSnippets
{
    static Tensor Powers(Tensor x, int degree) => Tensor.Stack([.. Enumerable.Range(0, degree + 1).Select(k => x.Pow(k))], 1);

    static (double Train, double Held) Fit(Tensor x, Tensor y, Tensor heldX, Tensor heldY, int degree, double weightDecay = 0)
    {
        // Least squares with a penalty on the squares of the coefficients, (PᵀP + λ I) w = Pᵀ y.
        var p = Powers(x, degree);
        var w = Linalg.Solve(p.T.MatMul(p) + Tensor.Eye(degree + 1, dtype: DType.Float64) * weightDecay, p.T.MatMul(y.Unsqueeze(1)));
        double Error(Tensor at, Tensor truth) => F.MseLoss(Powers(at, degree).MatMul(w).Squeeze(1), truth).Item();
        return (Error(x, y), Error(heldX, heldY));
    }

    [Fact]
    public void Polynomials()
    {
        var generator = new Generator(4);
        var x = Tensor.Rand([12], DType.Float64, generator) * 2 - 1;
        var heldX = Tensor.Rand([200], DType.Float64, generator) * 2 - 1;
        var y = (x * 3).Sin() + Tensor.Randn([12], DType.Float64, generator) * 0.2;
        var heldY = (heldX * 3).Sin() + Tensor.Randn([200], DType.Float64, generator) * 0.2;

        var weak = Fit(x, y, heldX, heldY, degree: 1);          // wrong on both: underfits
        var right = Fit(x, y, heldX, heldY, degree: 5);
        var strong = Fit(x, y, heldX, heldY, degree: 11);       // hits every sample, and nothing between: overfits
        var held = Fit(x, y, heldX, heldY, degree: 11, weightDecay: 1e-3);    // the same model, held back

        Assert.True(weak.Train > 2 * right.Train, $"{weak} {right} {strong} {held}");
        Assert.True(strong.Train < right.Train && strong.Held > 10 * right.Held, $"{weak} {right} {strong} {held}");
        Assert.True(held.Held < strong.Held / 10, $"{weak} {right} {strong} {held}");
    }

    [Fact]
    public void One_batch_is_learned_by_heart()
    {
        Generator.ManualSeed(1);
        var model = new Sequential(new Linear(4, 32), new ReLU(), new Linear(32, 3));
        var optimizer = new Adam(model.Parameters(), learningRate: 0.02);
        var (batch, classes) = (Tensor.Randn(8, 4), Tensor.From<long>([0, 1, 2, 0, 1, 2, 0, 1]));
        double last = double.NaN;
        for (int step = 0; step < 200; step++)
        {
            optimizer.ZeroGrad();
            var loss = F.CrossEntropy(model.Forward(batch), classes);
            loss.Backward();
            optimizer.Step();
            last = loss.Item();
        }
        // last is below 0.01: the labels were random, and are known by heart.

        Assert.True(last < 0.01, $"{last}");
    }
}
