using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of the page on losses, as they stand there.</summary>
public sealed class LossesSnippets
{
    [Fact]
    public void A_loss_and_its_gradient()
    {
        var loss = new CrossEntropyLoss(labelSmoothing: 0.1);
        var logits = Tensor.From<float>([2, 0.5f, -1, 0, 3, 0], [2, 3]);
        var target = Tensor.From<long>([0, 1]);
        logits.RequiresGrad = true;
        var value = loss.Forward(logits, target);
        value.Backward();    // logits.Grad is (softmax − target) / 2

        var smooth = target.OneHot(3).To(DType.Float32) * 0.9 + 0.1 / 3;
        float[] expected = ((logits.Detach().Softmax(1) - smooth) / 2).ToArray<float>(), got = logits.Grad!.ToArray<float>();
        for (int i = 0; i < 6; i++) Assert.Equal(expected[i], got[i], 1e-6);
    }

    [Fact]
    public void Outliers()
    {
        var guess = Tensor.From<float>([0, 0, 0]);
        var truth = Tensor.From<float>([0.1f, -0.1f, 100]);
        guess.RequiresGrad = true;
        var slopeOfSquare = Autograd.Grad(F.MseLoss(guess, truth, Reduction.Sum), guess);    // −0.2, 0.2, −200
        var slopeOfHuber = Autograd.Grad(F.HuberLoss(guess, truth, Reduction.Sum), guess);   // −0.1, 0.1, −1

        Assert.Equal([-0.2f, 0.2f, -200], slopeOfSquare.ToArray<float>());
        Assert.Equal([-0.1f, 0.1f, -1], slopeOfHuber.ToArray<float>());
    }

    [Fact]
    public void Logits()
    {
        var sure = Tensor.From<float>([-200]);
        var yes = Tensor.Ones(1);
        double fromLogits = F.BinaryCrossEntropyWithLogits(sure, yes).Item();              // 200
        double fromProbabilities = F.BinaryCrossEntropy(sure.Sigmoid(), yes).Item();       // 100: log 0 is bounded there

        Assert.Equal((200, 100), (fromLogits, fromProbabilities));
    }

    [Fact]
    public void A_loss_of_ones_own()
    {
        static Tensor RelativeError(Tensor input, Tensor target) => ((input - target).Abs() / (target.Abs() + 1)).Mean();

        GradientCheck.Verify(x => RelativeError(x[0], x[1]), Tensor.Randn(4, 3), Tensor.Randn(4, 3));
    }
}
