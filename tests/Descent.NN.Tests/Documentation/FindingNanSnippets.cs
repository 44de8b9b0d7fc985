using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of docs/concepts/finding-nan.md.</summary>
public sealed class FindingNanSnippets
{
    [Fact]
    public void Where_it_begins()
    {
        var x = new Parameter(Tensor.From<float>([1, 0]));
        using (Autograd.DetectAnomaly())
        {
            // 0 · log 0 is 0 · −∞: NaN in the sum, but it began in the logarithm.
            var error = Assert.Throws<AnomalyException>(() => (x * x.Log()).Sum());
            Assert.Contains("Log", error.Message);
        }
    }

    [Fact]
    public void A_hidden_branch()
    {
        var x = new Parameter(Tensor.From<float>([4, 0]));
        var y = Tensor.Where(x.Gt(0), x.Sqrt(), x);                       // 2, 0
        y.Sum().Backward();
        var spoilt = x.Grad;                                              // 0.25, NaN: 0 · ∞ from the branch not taken

        x.Grad = null;
        var safe = Tensor.Where(x.Gt(0), x, Tensor.OnesLike(x)).Sqrt();    // nothing infinite anywhere
        Tensor.Where(x.Gt(0), safe, x).Sum().Backward();
        var gradient = x.Grad;                                            // 0.25, 1

        Assert.Equal([0.25f, float.NaN], spoilt!.ToArray<float>());
        Assert.Equal([0.25f, 1], gradient!.ToArray<float>());
    }

    [Fact]
    public void Limits()
    {
        var model = new Linear(3, 1);
        var x = Tensor.Randn(8, 3) * 1000;
        model.Forward(x).Pow(2).Mean().Backward();
        double norm = Clipping.ClipGradNorm_(model.Parameters(), maxNorm: 1, errorIfNonFinite: true);

        Assert.True(norm > 1);
        Assert.Equal(1, Clipping.ClipGradNorm_(model.Parameters(), maxNorm: 1), 1e-3);
    }

    [Fact]
    public void Scaled_loss()
    {
        var model = new Linear(3, 1);
        var optimizer = new SGD(model.Parameters(), learningRate: 0.01);
        var x = Tensor.Randn(8, 3);
        var loss = model.Forward(x).Pow(2).Mean();

        var scaler = new GradScaler(initialScale: 1024);
        scaler.Scale(loss).Backward();
        scaler.Unscale_(optimizer);                                   // gradients as they are, for clipping
        Clipping.ClipGradNorm_(model.Parameters(), maxNorm: 1);
        bool stepped = scaler.Step(optimizer);                        // not where a gradient is infinite or NaN
        scaler.Update();                                              // which halves the scale

        Assert.True(stepped);
    }
}
