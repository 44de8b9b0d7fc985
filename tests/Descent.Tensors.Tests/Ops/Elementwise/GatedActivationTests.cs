namespace Descent.Tensors.Tests.Ops;

public class GatedActivationTests
{
    public static TheoryData<string, Func<Tensor, int, Tensor>, Func<Tensor, Tensor, Tensor>> Gates => new()
    {
        { "glu", (x, dim) => x.Glu(dim), (a, b) => a * b.Sigmoid() },
        { "reglu", (x, dim) => x.ReGlu(dim), (a, b) => a.Relu() * b },
        { "geglu", (x, dim) => x.GeGlu(dim), (a, b) => a.Gelu() * b },
        { "geglu by the tangent", (x, dim) => x.GeGlu(dim, GeluApproximation.Tanh), (a, b) => a.Gelu(GeluApproximation.Tanh) * b },
        { "swiglu", (x, dim) => x.SwiGlu(dim), (a, b) => a.Silu() * b },
    };

    [Theory, MemberData(nameof(Gates))]
    public void Along_any_dimension_of_any_layout_it_is_one_half_gated_by_the_other_with_both_derivatives(string name, Func<Tensor, int, Tensor> gate, Func<Tensor, Tensor, Tensor> composite)
    {
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
            foreach (var (shape, dim) in ((int[], int)[])[([5, 6], -1), ([4, 3, 5], 0), ([3, 34, 2], 1), ([2, 20_000], 1), ([0, 4], 1), ([6], 0)])
                foreach (bool contiguous in (bool[])[true, false])
                {
                    var x = Tensor.Randn(shape, DType.Float64, generator: new Generator(1)).To(dtype);
                    if (!contiguous) x = x.Rank == 1 ? x.Unsqueeze(1).Expand(x.Shape[0], 3).Contiguous().Select(1, 1) : x.Transpose(0, -1).Contiguous().Transpose(0, -1);
                    x = x.Detach();
                    x.RequiresGrad = true;
                    int axis = dim < 0 ? dim + x.Rank : dim, half = x.Shape[axis] / 2;
                    var (y, want) = (gate(x, dim), composite(x.Narrow(axis, 0, half), x.Narrow(axis, half, half)));
                    Close(want, y);
                    var dy = Tensor.Randn(y.Shape, DType.Float64, generator: new Generator(2)).To(dtype);
                    Close(Autograd.Grad(want, x, dy, retainGraph: true), Autograd.Grad(y, x, dy, retainGraph: true));
                    var (dx, dwant) = (Autograd.Grad(y, x, dy, createGraph: true), Autograd.Grad(want, x, dy, createGraph: true));
                    if (x.Elements > 0 && name != "reglu") Close(Autograd.Grad(dwant.Square().Sum(), x), Autograd.Grad(dx.Square().Sum(), x));
                }

        static void Close(Tensor want, Tensor got)
        {
            Assert.Equal(want.Shape, got.Shape);
            Assert.Equal(want.DType, got.DType);
            double tolerance = want.DType == DType.Float64 ? 1e-12 : 2e-5;
            double[] w = want.Detach().To(DType.Float64).Contiguous().ToArray<double>(), g = got.Detach().To(DType.Float64).Contiguous().ToArray<double>();
            for (int i = 0; i < w.Length; i++) Assert.Equal(w[i], g[i], tolerance * (1 + Math.Abs(w[i])));
        }
    }

    [Fact]
    public void Threads_change_nothing()
    {
        var x = Tensor.Randn([37, 2_000], generator: new Generator(1));
        int threads = Numerics.Threads;
        try
        {
            float[] Both()
            {
                var leaf = x.Detach();
                leaf.RequiresGrad = true;
                var y = leaf.SwiGlu();
                y.Backward(Tensor.Ones(y.Shape));
                return [.. y.Detach().ToArray<float>(), .. leaf.Grad!.ToArray<float>()];
            }
            Numerics.Threads = 1;
            var want = Both();
            Numerics.Threads = 2;
            Assert.Equal(want, Both());
        }
        finally
        {
            Numerics.Threads = threads;
        }
    }
}
