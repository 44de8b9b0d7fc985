using Descent.Tensors.Tests.Threading;

namespace Descent.Tensors.Tests.Ops;

[Collection(ThreadCountCollection.Name)]
public sealed class GroupNormActivationTests : IDisposable
{
    readonly int _threads = Numerics.Threads;
    readonly bool _fusion = Numerics.Fusion;

    // Also where kernels are not generated.
    public GroupNormActivationTests() => Numerics.Fusion = true;

    public void Dispose() => (Numerics.Threads, Numerics.Fusion) = (_threads, _fusion);

    public static TheoryData<Activation, int[], int, bool, DType> Cases()
    {
        var rows = new TheoryData<Activation, int[], int, bool, DType>();
        foreach (var activation in Enum.GetValues<Activation>())
        {
            rows.Add(activation, [3, 6, 5, 7], 2, true, DType.Float32);
            rows.Add(activation, [2, 8, 33], 8, false, DType.Float32);
        }
        rows.Add(Activation.Silu, [5, 4, 40, 41], 1, true, DType.Float32);
        rows.Add(Activation.Silu, [3, 6], 2, true, DType.Float32);
        rows.Add(Activation.Silu, [3, 6, 5, 7], 2, true, DType.Float64);
        rows.Add(Activation.Gelu, [3, 6, 5, 7], 2, true, DType.BFloat16);
        rows.Add(Activation.Gelu, [0, 6, 5, 7], 2, true, DType.Float32);
        return rows;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Values_and_gradients_are_those_of_the_operations_apart_for_any_number_of_threads(Activation activation, int[] shape, int groups, bool isAffine, DType dtype)
    {
        var form = ActivationForm.Of(activation);
        var results = new List<Tensor[]>();
        foreach (int threads in (int[])[1, 2, 0])
        {
            if (threads > 0) Numerics.Threads = threads;
            // A mean that is large beside the deviation.
            Tensor x = MatMulTests.Draw(shape, 1).Add(30).To(dtype), w = MatMulTests.Draw([shape[1]], 2), b = MatMulTests.Draw([shape[1]], 3);
            foreach (var t in (Tensor[])[x, w, b]) t.RequiresGrad = true;
            var y = threads > 0 ? F.GroupNorm(x, groups, isAffine ? w : null, isAffine ? b : null, 1e-5, activation)
                : form.Value(F.GroupNorm(x, groups, isAffine ? w : null, isAffine ? b : null));
            y.Backward(MatMulTests.Draw([.. y.Shape], 4).To(dtype));
            results.Add([.. ((Tensor?[])[y.Detach(), x.Grad, w.Grad, b.Grad]).OfType<Tensor>().Select(t => t.To(DType.Float64))]);
        }
        double tolerance = dtype == DType.Float64 ? 1e-10 : dtype == DType.Float32 ? 3e-5 : 3e-2;
        for (int i = 0; i < results[2].Length; i++)
        {
            Assert.Equal(results[0][i].ToArray<double>(), results[1][i].ToArray<double>());
            if (results[2][i].Elements == 0) continue;
            double scale = 1 + results[2][i].Abs().Max().Item();
            Assert.InRange((results[0][i] - results[2][i]).Abs().Max().Item() / scale, 0, tolerance);
        }
    }

    [Theory]
    [InlineData(Activation.Silu)]
    [InlineData(Activation.Sigmoid)]
    public void Gradients_of_gradients_are_those_of_the_operations_apart(Activation activation)
    {
        var form = ActivationForm.Of(activation);
        var results = new List<Tensor[]>();
        foreach (bool together in (bool[])[true, false])
        {
            Tensor[] t = [.. ((Tensor[])[MatMulTests.Draw([2, 4, 3, 3], 1), MatMulTests.Draw([4], 2), MatMulTests.Draw([4], 3)]).Select(x => x.To(DType.Float32))];
            foreach (var x in t) x.RequiresGrad = true;
            var y = together ? F.GroupNorm(t[0], 2, t[1], t[2], 1e-5, activation) : form.Value(F.GroupNorm(t[0], 2, t[1], t[2]));
            var first = Autograd.Grad([y.Square().Sum()], t, createGraph: true);
            first[0]!.Square().Sum().Add(first[1]!.Square().Sum()).Backward();
            results.Add([.. t.Select(x => x.Grad!)]);
        }
        foreach (var (one, other) in results[0].Zip(results[1]))
            Assert.InRange((one - other).Abs().Max().Item() / (1 + other.Abs().Max().Item()), 0, 2e-4);
    }
}
