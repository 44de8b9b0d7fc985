using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of docs/concepts/optimizers.md.</summary>
public sealed class OptimizerSnippets
{
    [Fact]
    public void Descent_with_momentum()
    {
        var x = new Parameter(Tensor.From<float>([-4, 2]));
        var optimizer = new SGD([x], learningRate: 0.1, momentum: 0.9);
        for (int step = 0; step < 200; step++)
        {
            optimizer.ZeroGrad();
            var loss = (x * x).Sum();
            loss.Backward();
            optimizer.Step();
        }

        Assert.All(x.ToArray<float>(), value => Assert.Equal(0, value, 1e-3));
    }

    [Fact]
    public void Weighted_average()
    {
        var average = new ExponentiallyWeightedAverage(beta: 0.9);
        average.Update(1);                      // 1, where the uncorrected average would be 0.1
        double smoothed = average.Update(2);    // (0.9 · 1 + 2) / 1.9 ≈ 1.526

        Assert.Equal(2.9 / 1.9, smoothed, 1e-12);
    }

    [Fact]
    public void Adam_and_AdamW()
    {
        double Step(Func<Parameter, Optimizer> make)
        {
            var weight = new Parameter(Tensor.Ones(1)) { Grad = Tensor.Ones(1) };
            make(weight).Step();
            return weight.Item();
        }

        double plain = Step(w => new Adam([w], learningRate: 0.1));                           // 0.9
        double coupled = Step(w => new Adam([w], learningRate: 0.1, weightDecay: 0.5));       // 0.9: divided away again
        double decoupled = Step(w => new AdamW([w], learningRate: 0.1, weightDecay: 0.5));    // 0.85

        Assert.Equal(0.9, plain, 1e-6);
        Assert.Equal(0.9, coupled, 1e-6);
        Assert.Equal(0.85, decoupled, 1e-6);
    }

    [Fact]
    public void Groups_and_schedule()
    {
        var model = new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 2));
        var optimizer = new AdamW([
            new AdamGroup(model.Parameters().Where(p => p.Rank >= 2)) { LearningRate = 1e-3, WeightDecay = 0.1 },
            new AdamGroup(model.Parameters().Where(p => p.Rank < 2)) { LearningRate = 1e-3 },
        ]);
        var schedule = new WarmUpCosineLR(optimizer, warmUpSteps: 10, totalSteps: 100, minimum: 1e-4);
        for (int step = 0; step < 100; step++)
        {
            // … loss, backward …
            optimizer.Step();
            schedule.Step();
        }

        Assert.Equal([1e-4, 1e-4], schedule.LastLearningRates);
    }

    [Fact]
    public void Averaged_weights()
    {
        var model = new Sequential(new Linear(4, 2));
        var x = Tensor.Randn(3, 4);
        var before = model.Forward(x);

        var average = new ExponentialMovingAverage(model, decay: 0.999);
        average.Update();                        // after each step of the optimizer
        using (average.SwapIn())
        {
            var y = model.Eval().Forward(x);     // by the averaged weights

            Assert.Equal(before.ToArray<float>(), y.ToArray<float>());
        }
    }

    [Fact]
    public void Several_evaluations()
    {
        var x = new Parameter(Tensor.From<double>([-1.2, 1]));
        var optimizer = new LBFGS([x], maxIterations: 100, strongWolfe: true);
        optimizer.Step(() =>
        {
            optimizer.ZeroGrad();
            var loss = 100 * (x[1] - x[0] * x[0]).Pow(2) + (1 - x[0]).Pow(2);
            loss.Backward();
            return loss;
        });

        Assert.Equal(1, x[0].Item(), 1e-3);
    }
}
