using Descent.Tensors.Tests.Threading;

namespace Descent.Tensors.Tests.Ops;

[Collection(ThreadCountCollection.Name)]
public sealed class LinearActivationTests : IDisposable
{
    readonly int _threads = Numerics.Threads;
    readonly bool _fusion = Numerics.Fusion;

    // Also where kernels are not generated.
    public LinearActivationTests() => Numerics.Fusion = true;

    public void Dispose() => (Numerics.Threads, Numerics.Fusion) = (_threads, _fusion);

    /// <summary>Products of each way: by tiles as operands lie, by panels with and without whole tiles, by dot products, small ones, a column.</summary>
    static readonly (int[] Shape, int Width)[] s_sizes =
        [([3, 4], 5), ([4], 2), ([2, 3, 7], 9), ([40, 70], 33), ([130, 300], 257), ([5, 600], 300), ([200, 600], 1), ([1, 40], 70), ([61, 1100], 130), ([0, 4], 3), ([2, 0], 3)];

    public static TheoryData<Activation, int, bool, DType> Cases()
    {
        var rows = new TheoryData<Activation, int, bool, DType>();
        foreach (var activation in Enum.GetValues<Activation>())
            for (int i = 0; i < s_sizes.Length; i++)
            {
                rows.Add(activation, i, false, DType.Float32);
                if (i % 2 == 1) rows.Add(activation, i, true, DType.Float32);
                if (i == 2) rows.Add(activation, i, true, DType.Float64);
            }
        return rows;
    }

    static Tensor Apart(Tensor[] t, Activation activation, bool withResidual)
    {
        var y = F.Linear(t[0], t[1], t[2]);
        if (withResidual) y += t[3];
        return activation switch
        {
            Activation.Relu => y.Relu(),
            Activation.Gelu => y.Gelu(),
            Activation.GeluTanh => y.Gelu(GeluApproximation.Tanh),
            Activation.Silu => y.Silu(),
            Activation.Tanh => y.Tanh(),
            Activation.Sigmoid => y.Sigmoid(),
            _ => y,
        };
    }

    static Tensor[] Inputs(int[] shape, int width, DType dtype)
    {
        Tensor[] inputs = [MatMulTests.Draw(shape, 1), MatMulTests.Draw([width, shape[^1]], 2), MatMulTests.Draw([width], 3), MatMulTests.Draw([.. shape[..^1], width], 4)];
        // Sums of about 1, where activations bend.
        inputs[1] = inputs[1].Div(Math.Sqrt(Math.Max(1, shape[^1])));
        return [.. inputs.Select(t => t.To(dtype))];
    }

    [Theory, MemberData(nameof(Cases))]
    public void Values_and_gradients_are_those_of_the_operations_apart(Activation activation, int size, bool withResidual, DType dtype)
    {
        var (shape, width) = s_sizes[size];
        var results = new List<Tensor[]>();
        foreach (bool together in (bool[])[true, false])
        {
            Tensor[] t = [.. Inputs(shape, width, dtype).Select(x => x.Clone())];
            foreach (var x in t) x.RequiresGrad = true;
            var y = together ? F.Linear(t[0], t[1], t[2], activation, withResidual ? t[3] : null) : Apart(t, activation, withResidual);
            y.Backward(MatMulTests.Draw([.. y.Shape], 5).To(dtype));
            Tensor value;
            using (Autograd.NoGrad()) value = together ? F.Linear(t[0], t[1], t[2], activation, withResidual ? t[3] : null) : y.Detach();
            results.Add([y.Detach(), value, .. t.Take(withResidual ? 4 : 3).Select(x => x.Grad!)]);
        }
        double tolerance = dtype == DType.Float64 ? 1e-12 : 2e-5;
        foreach (var (one, other) in results[0].Zip(results[1])) Near(other, one, tolerance);
    }

    [Theory]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.Silu)]
    [InlineData(Activation.Tanh)]
    public void Gradients_of_gradients_are_those_of_the_operations_apart(Activation activation)
    {
        var results = new List<Tensor[]>();
        foreach (bool together in (bool[])[true, false])
        {
            Tensor[] t = [.. Inputs([4, 6], 5, DType.Float32).Take(3).Select(x => x.Clone())];
            foreach (var x in t) x.RequiresGrad = true;
            var y = together ? F.Linear(t[0], t[1], t[2], activation) : Apart(t, activation, false);
            var first = Autograd.Grad([y.Square().Sum()], t, createGraph: true);
            first[0]!.Square().Sum().Add(first[1]!.Square().Sum()).Backward();
            results.Add([.. t.Select(x => x.Grad!)]);
        }
        foreach (var (one, other) in results[0].Zip(results[1])) Near(other, one, 1e-4);
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_bits_do_not_depend_on_the_number_of_threads(Activation activation, int size, bool withResidual, DType dtype)
    {
        var (shape, width) = s_sizes[size];
        var t = Inputs(shape, width, dtype);
        var results = new List<double[]>();
        foreach (int threads in (int[])[1, 2])
        {
            Numerics.Threads = threads;
            results.Add(F.Linear(t[0], t[1], t[2], activation, withResidual ? t[3] : null).To(DType.Float64).ToArray<double>());
        }
        Assert.Equal(results[0], results[1]);
    }

    [Fact]
    public void A_residual_of_another_shape_is_named() => Assert.Contains("the residual has shape (2,), the result (3, 2)", Assert.Throws<ShapeException>(() =>
        F.Linear(Tensor.Zeros([3, 4]), Tensor.Zeros([2, 4]), null, Activation.Relu, Tensor.Zeros([2]))).Message);

    [Fact]
    public void What_is_not_a_number_stays_so()
    {
        var x = Tensor.From([float.NaN, 1, float.PositiveInfinity, 1], [2, 2]);
        foreach (var activation in Enum.GetValues<Activation>())
        {
            var y = F.Linear(x, Tensor.Ones([20, 2]), null, activation).ToArray<float>();
            Assert.All(y[..20], v => Assert.True(float.IsNaN(v)));
        }
    }

    [Theory]
    [InlineData(3, 5, 7, true)]
    [InlineData(128, 300, 70, true)]
    [InlineData(33, 400, 257, false)]
    [InlineData(1, 300, 300, false)]
    public void A_second_backward_adds_to_the_gradient(int rows, int inner, int width, bool withBias)
    {
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
        {
            Tensor w = MatMulTests.Draw([width, inner], 1).To(dtype), b = MatMulTests.Draw([width], 2).To(dtype);
            w.RequiresGrad = true;
            Tensor want = Tensor.Zeros([width, inner], dtype);
            for (int pass = 0; pass < 3; pass++)
            {
                Tensor x = MatMulTests.Draw([rows, inner], 3 + pass).To(dtype), dy = MatMulTests.Draw([rows, width], 6 + pass).To(dtype);
                F.Linear(x, w, withBias ? b : null, pass == 1 ? Activation.Sigmoid : Activation.None).Backward(dy);
                if (pass == 1)
                {
                    var y = F.Linear(x, w.Detach(), withBias ? b : null).Sigmoid();
                    dy = dy * y * y.RSub(1);
                }
                want += dy.T.MatMul(x);
            }
            Near(want, w.Grad!, dtype == DType.Float32 ? 2e-5 : 1e-12);
        }
    }

    [Fact]
    public void A_hook_on_a_leaf_sees_what_is_added()
    {
        var w = MatMulTests.Draw([3, 4], 1);
        w.RequiresGrad = true;
        var x = MatMulTests.Draw([5, 4], 2);
        F.Linear(x, w).Sum().Backward();
        var first = w.Grad!.Clone();
        Tensor? seen = null;
        using (w.RegisterHook(g =>
        {
            seen = g.Clone();
            return null;
        }))
            F.Linear(x, w).Sum().Backward();
        Near(first, seen!, 1e-6);
        Near(first * 2, w.Grad!, 1e-6);
    }

    static void Near(Tensor want, Tensor got, double tolerance)
    {
        Assert.Equal(want.Shape, got.Shape);
        if (want.Elements == 0) return;
        double scale = 1 + want.To(DType.Float64).Abs().Max().Item();
        Assert.InRange((got.To(DType.Float64) - want.To(DType.Float64)).Abs().Max().Item() / scale, 0, tolerance);
    }
}
