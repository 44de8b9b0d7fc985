using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of docs/concepts/mixed-precision.md, as they stand there.</summary>
public sealed class MixedPrecisionSnippets
{
    [Fact]
    public void A_region()
    {
        var linear = new Linear(8, 4);
        var x = Tensor.Randn(2, 8);
        Tensor y, p;
        using (Autocast.Enter(DType.BFloat16))
        {
            y = linear.Forward(x);                     // BFloat16: every value is rounded to eight bits
            p = y.Softmax(1);                          // Float32
            F.CrossEntropy(y, Tensor.From<long>([0, 3])).Backward();
        }
        var gradient = linear.Parameters().First().Grad;    // Float32

        Assert.Equal((DType.BFloat16, DType.Float32, DType.Float32), (y.DType, p.DType, gradient!.DType));
    }

    [Fact]
    public void A_scaled_loss()
    {
        var model = new Linear(8, 1);
        var optimizer = new SGD(model.Parameters(), learningRate: 0.1);
        var scaler = new GradScaler();
        for (int step = 0; step < 3; step++)
        {
            optimizer.ZeroGrad();
            Tensor loss;
            using (Autocast.Enter(DType.Float16)) loss = model.Forward(Tensor.Randn(4, 8)).Square().Mean();
            scaler.Scale(loss).Backward();
            scaler.Unscale_(optimizer);                              // for clipping in between
            Clipping.ClipGradNorm_(model.Parameters(), maxNorm: 1);
            scaler.Step(optimizer);                                  // left out where a gradient overflowed
            scaler.Update();
        }

        Assert.All(model.Parameters(), p => Assert.Equal(1, p.IsFinite().All().Item()));
    }
}
