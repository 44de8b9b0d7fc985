namespace Descent.Tensors.Tests;

/// <summary>Operations on bfloat16 and float16 tensors: computed in float32 and rounded once, whatever the way through memory.</summary>
public sealed class NarrowOperationTests
{
    static Tensor Draw(params int[] shape) => Tensor.Randn(shape, generator: new Generator((ulong)(shape.Length + shape.Sum())));

    public static TheoryData<string, Func<Tensor, Tensor, Tensor>, int[], int[]> Pairs => new()
    {
        { "add", (a, b) => a + b, [3, 700], [3, 700] },
        { "rows", (a, b) => a * b, [5, 300], [300] },
        { "rows on the left", (a, b) => a - b, [1, 300], [7, 300] },
        { "one number", (a, b) => a / b, [41, 33], [] },
        { "one number on the left", (a, b) => a - b, [1], [2000] },
        { "long", (a, b) => a.Maximum(b), [70000], [70000] },
        { "columns", (a, b) => a + b, [5, 7], [5, 1] },
        { "transposed", (a, b) => a.Transpose(0, 1) * b, [6, 9], [9, 6] },
        { "empty", (a, b) => a + b, [0, 5], [5] },
        { "product", (a, b) => a.MatMul(b), [9, 65], [65, 33] },
        { "product of a transposed", (a, b) => a.Transpose(0, 1).MatMul(b), [65, 9], [65, 33] },
        { "product with a transposed", (a, b) => a.MatMul(b.T), [9, 65], [33, 65] },
        { "batched product", (a, b) => a.MatMul(b), [2, 3, 9, 17], [3, 17, 5] },
        { "batch by one matrix", (a, b) => a.MatMul(b), [4, 9, 17], [17, 5] },
        { "matrix by vector", (a, b) => a.MatMul(b), [9, 17], [17] },
        { "product of nothing", (a, b) => a.MatMul(b), [3, 0], [0, 4] },
    };

    [Theory, MemberData(nameof(Pairs))]
    public void Two_narrow_operands_give_the_rounded_result_of_float32(string name, Func<Tensor, Tensor, Tensor> apply, int[] left, int[] right)
    {
        foreach (var type in (DType[])[DType.BFloat16, DType.Float16])
        {
            Tensor a = Draw(left).To(type), b = Draw(right).To(type);
            var y = apply(a, b);
            Assert.True(y.DType == type, name);
            Assert.True(y.To(DType.Float32).Sub(apply(a.To(DType.Float64), b.To(DType.Float64)).To(DType.Float32)).Abs().Sum().Item() <=
                (type == DType.BFloat16 ? 0.004 : 0.0006) * y.To(DType.Float32).Abs().Sum().Item() + 1e-4, name);
            if (!name.Contains("product", StringComparison.Ordinal) && !name.Contains("matrix", StringComparison.Ordinal))
                Assert.Equal(apply(a.To(DType.Float32), b.To(DType.Float32)).To(type).AsBytes().ToArray(), y.Contiguous().AsBytes().ToArray());
        }
    }

    [Theory, MemberData(nameof(Pairs))]
    public void Gradients_are_those_of_float32_rounded(string name, Func<Tensor, Tensor, Tensor> apply, int[] left, int[] right)
    {
        foreach (var type in (DType[])[DType.BFloat16, DType.Float16])
        {
            Tensor[] narrow = [Draw(left).To(type), Draw(right).To(type)], wide = Array.ConvertAll(narrow, x => x.To(DType.Float64));
            foreach (var x in (Tensor[])[.. narrow, .. wide]) x.RequiresGrad = true;
            (apply(narrow[0], narrow[1]) * 0.25f).Sum().Backward();
            (apply(wide[0], wide[1]) * 0.25).Sum().Backward();
            for (int i = 0; i < 2; i++)
            {
                Assert.Equal(type, narrow[i].Grad!.DType);
                var exact = wide[i].Grad!.To(DType.Float32);
                Assert.True((narrow[i].Grad!.To(DType.Float32) - exact).Abs().Sum().Item() <= 0.02 * exact.Abs().Sum().Item() + 0.02, name);
            }
        }
    }

    [Fact]
    public void A_narrow_operand_beside_float32_gives_float32_of_its_exact_values()
    {
        Tensor a = Draw(30, 50), b = Draw(30, 50).To(DType.BFloat16);
        Assert.Equal((a + b.To(DType.Float32)).ToArray<float>(), (a + b).ToArray<float>());
        Assert.Equal((b.To(DType.Float32) * a).ToArray<float>(), (b * a).ToArray<float>());
    }

    public static TheoryData<string, Func<Tensor, Tensor>> Functions => new()
    {
        { "relu", x => x.Relu() },
        { "gelu", x => x.Gelu() },
        { "silu", x => x.Silu() },
        { "tanh", x => x.Tanh() },
        { "exp", x => x.Exp() },
        { "square", x => x.Square() },
        { "abs", x => x.Abs() },
        { "negated", x => -x },
        { "number", x => x * 3 + 0.5 },
        { "number on the left", x => 2 - x },
        { "sigmoid", x => x.Sigmoid() },
        { "leaky relu", x => x.LeakyRelu(0.1) },
    };

    [Theory, MemberData(nameof(Functions))]
    public void Functions_of_narrow_numbers_are_those_of_float32_rounded(string name, Func<Tensor, Tensor> apply)
    {
        foreach (var type in (DType[])[DType.BFloat16, DType.Float16])
            foreach (var shape in (int[][])[[0], [1], [37], [40000], [9, 8]])
            {
                Tensor x = Draw(shape).To(type), wide = x.To(DType.Float32);
                if (shape.Length == 2) (x, wide) = (x.T, wide.T);
                (x, wide) = (x.Detach(), wide.Detach());
                (x.RequiresGrad, wide.RequiresGrad) = (true, true);
                Tensor y = apply(x), expected = apply(wide);
                Assert.True(y.DType == type, name);
                // A chain of two operations is rounded twice.
                double tolerance = type == DType.BFloat16 ? 0.008 : 0.001;
                Near(expected, y, tolerance);
                y.Sum().Backward();
                expected.Sum().Backward();
                Near(wide.Grad!, x.Grad!, tolerance);
            }

        static void Near(Tensor expected, Tensor actual, double tolerance)
        {
            float[] e = expected.ToArray<float>(), a = actual.To(DType.Float32).ToArray<float>();
            for (int i = 0; i < e.Length; i++) Assert.Equal(e[i], a[i], tolerance * (1 + Math.Abs(e[i])));
        }
    }

    [Fact]
    public void Bits_of_narrow_operations_do_not_depend_on_the_number_of_threads()
    {
        Tensor a = Draw(120000).To(DType.BFloat16), b = Draw(120000).To(DType.BFloat16);
        Tensor x = Draw(200, 300).To(DType.BFloat16), w = Draw(300, 100).To(DType.BFloat16);
        int threads = Numerics.Threads;
        try
        {
            Numerics.Threads = 1;
            var (one, product) = ((a * b).Gelu(), x.MatMul(w));
            Numerics.Threads = 3;
            Assert.Equal(one.ToArray<BFloat16>(), (a * b).Gelu().ToArray<BFloat16>());
            Assert.Equal(product.ToArray<BFloat16>(), x.MatMul(w).ToArray<BFloat16>());
        }
        finally
        {
            Numerics.Threads = threads;
        }
    }
}
