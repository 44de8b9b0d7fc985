using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of docs/concepts/gradients.md, as they stand there.</summary>
public sealed class GradientsSnippets
{
    static float[] Values(Tensor? x) => x!.Detach().To(DType.Float32).Contiguous().AsSpan<float>().ToArray();

    [Fact]
    public void The_chain_rule()
    {
        var x = Tensor.From<double>([2]);
        x.RequiresGrad = true;
        var u = x * x;           // du/dx = 2x = 4
        var y = u.Exp().Sum();   // dy/du = eᵘ
        y.Backward();
        var slope = x.Grad;      // eᵘ · 2x = 4e⁴ = 218.39

        Assert.Equal(4 * Math.Exp(4), slope!.Item(), 1e-9);
    }

    [Fact]
    public void Finite_differences()
    {
        double Function(double x) => Math.Exp(x * x);
        const double h = 1e-6;
        double quotient = (Function(2 + h) - Function(2 - h)) / (2 * h);    // 218.39

        Assert.Equal(4 * Math.Exp(4), quotient, 1e-4);
    }

    [Fact]
    public void A_Jacobian()
    {
        var jacobian = Autograd.Jacobian(x => x * x, Tensor.From<float>([1, 2, 3]));    // 2, 4, 6 on the diagonal

        Assert.Equal([2, 0, 0, 0, 4, 0, 0, 0, 6], Values(jacobian));
    }
}
