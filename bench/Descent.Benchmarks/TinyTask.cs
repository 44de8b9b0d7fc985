using Descent.NN;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>What an operation costs beside its arithmetic: a network of 97 parameters, and single operations.</summary>
static class TinyTask
{
    public static void Run(Report report)
    {
        Generator.ManualSeed(1);
        var model = new Sequential(new Linear(4, 16), new ReLU(), new Linear(16, 1));
        var (x, y) = (Tensor.Randn([1, 4]), Tensor.Randn([1, 1]));
        TrainTask.Measure(report, "tiny", "mlp 4-16-1 b1 sgd", "train", 1,
            TrainTask.Step(model, new SGD(model.Parameters(), 1e-3), () => F.MseLoss(model.Forward(x), y)), "steps/s");

        using var _ = Autograd.NoGrad();
        Tensor a = Tensor.Randn([10]), b = Tensor.Randn([10]), large = Tensor.Randn([1 << 20]), other = Tensor.Randn([1 << 20]);
        Tensor square = large.Reshape(1024, 1024);
        TrainTask.Measure(report, "tiny", "add 10 floats", "op", 1, () => a.Add(b), "ops/s");
        TrainTask.Measure(report, "tiny", "add 1M floats", "op", 1, () => large.Add(other).Materialize(), "ops/s");
        TrainTask.Measure(report, "tiny", "softmax 1024x1024", "op", 1, () => square.Softmax(1), "ops/s");
        TrainTask.Measure(report, "tiny", "exp 1M floats", "op", 1, () => large.Exp().Materialize(), "ops/s");
    }
}
