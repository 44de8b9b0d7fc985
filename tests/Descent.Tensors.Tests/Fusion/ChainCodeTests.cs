using Descent.Testing;
using Descent.Tensors.Kernels;
using Descent.Tensors.Tests.Threading;

namespace Descent.Tensors.Tests.Fusion;

/// <summary>Chains as machine code, against the portable functions run one by one.</summary>
[Collection(ThreadCountCollection.Name)]
public sealed class ChainCodeTests : IDisposable
{
    readonly int _threads = Numerics.Threads, _least = Chains.LeastElements, _runs = ChainPlan.RunsBeforeCode;
    readonly bool _fusion = Numerics.Fusion;
    readonly IsaTier _cap = Processor.Cap;

    public ChainCodeTests() => (Chains.LeastElements, ChainPlan.RunsBeforeCode) = (1, 0);

    public void Dispose() => (Numerics.Threads, Chains.LeastElements, ChainPlan.RunsBeforeCode, Numerics.Fusion, Processor.Cap)
        = (_threads, _least, _runs, _fusion, _cap);

    static readonly (string Name, Func<Tensor, Tensor, Tensor> Apply)[] s_functions =
    [
        ("add", (x, y) => x + y), ("sub", (x, y) => x - y), ("mul", (x, y) => x * y), ("div", (x, y) => x / y),
        ("max", (x, y) => x.Maximum(y)), ("min", (x, y) => x.Minimum(y)), ("abs", (x, _) => x.Abs()), ("neg", (x, _) => -x),
        ("square", (x, _) => x.Square()), ("relu", (x, _) => x.Relu()), ("sqrt", (x, _) => x.Sqrt()), ("rsqrt", (x, _) => x.Rsqrt()),
        ("reciprocal", (x, _) => x.Reciprocal()), ("floor", (x, _) => x.Floor()), ("ceil", (x, _) => x.Ceil()), ("round", (x, _) => x.Round()),
        ("trunc", (x, _) => x.Trunc()), ("exp", (x, _) => x.Exp()), ("sigmoid", (x, _) => x.Sigmoid()), ("tanh", (x, _) => x.Tanh()),
        ("gelu", (x, _) => x.Gelu()), ("gelu tanh", (x, _) => x.Gelu(GeluApproximation.Tanh)), ("silu", (x, _) => x.Silu()),
        ("quick gelu", (x, _) => x.QuickGelu()), ("numbers", (x, _) => 2 - (1.5 + x * 0.3) / 7), ("clamp", (x, _) => x.Clamp(-1, 2)),
        ("relu slope", (x, y) => Slope(x, y, t => t.Relu())), ("sigmoid slope", (x, y) => Slope(x, y, t => t.Sigmoid())),
        ("tanh slope", (x, y) => Slope(x, y, t => t.Tanh())), ("gelu slope", (x, y) => Slope(x, y, t => t.Gelu())),
        ("gelu tanh slope", (x, y) => Slope(x, y, t => t.Gelu(GeluApproximation.Tanh))), ("silu slope", (x, y) => Slope(x, y, t => t.Silu())),
        ("quick gelu slope", (x, y) => Slope(x, y, t => t.QuickGelu())),
        ("chain", (x, y) => ((x + y).Gelu() + x * y).Sigmoid() / (x.Square() + 1e-8).Sqrt()),
    ];

    static Tensor Slope(Tensor x, Tensor dy, Func<Tensor, Tensor> f)
    {
        x = x.Detach();
        x.RequiresGrad = true;
        return Autograd.Grad(f(x), x, dy);
    }

    public static TheoryData<string, IsaTier> Functions
    {
        get
        {
            var data = new TheoryData<string, IsaTier>();
            foreach (var (name, _) in s_functions)
                foreach (var tier in (IsaTier[])[IsaTier.Portable, IsaTier.Avx2, IsaTier.Avx512]) data.Add(name, tier);
            return data;
        }
    }

    [Theory, MemberData(nameof(Functions))]
    public void Each_function_has_the_bits_of_its_portable_form(string name, IsaTier tier)
    {
        var apply = s_functions.First(f => f.Name == name).Apply;
        foreach (int length in (int[])[1, 3, 8, 15, 16, 17, 31, 33, 70, 1000, 9001])
        {
            Tensor x = Values(length, 3), y = Values(length, 4);
            // Tiers may differ in the last digits.
            (Numerics.Fusion, Processor.Cap) = (false, tier);
            var expected = apply(x, y).ToArray<float>();
            Numerics.Fusion = true;
            // The second time what was asked for besides is stored too.
            for (int again = 0; again < 2; again++) AssertSame(expected, apply(x, y).ToArray<float>(), $"{name}, {tier}, length {length}");
            Processor.Cap = _cap;
        }
    }

    [Theory]
    [InlineData(IsaTier.Avx2)]
    [InlineData(IsaTier.Avx512)]
    public void Rows_columns_and_channels_repeat_as_in_single_operations(IsaTier tier)
    {
        foreach (var (rows, columns) in new[] { (3, 200), (64, 64), (5, 7), (130, 65), (1, 9000), (40, 1) })
        {
            Tensor x = Tensor.Randn([rows, columns]), bias = Tensor.Randn([columns]), scale = Tensor.Randn([rows, 1]), one = Tensor.Randn([]);
            Tensor images = Tensor.Randn([2, rows, 3, columns]), channels = Tensor.Randn([rows, 1, 1]);
            Tensor[] Apply() => [((x + bias) * scale).Silu() / one + x[0], bias * scale, ((images + channels) * bias).Relu() - one, x.Transpose(0, 1) + x.Transpose(0, 1)];
            Numerics.Fusion = false;
            var expected = Apply();
            (Numerics.Fusion, Processor.Cap) = (true, tier);
            var actual = Apply();
            for (int i = 0; i < expected.Length; i++) AssertSame(expected[i].ToArray<float>(), actual[i].ToArray<float>(), $"{i} of {rows} x {columns}");
            Processor.Cap = _cap;
        }
    }

    [Theory]
    [InlineData(IsaTier.Avx2)]
    [InlineData(IsaTier.Avx512)]
    public unsafe void Code_touches_nothing_beside_its_elements(IsaTier tier)
    {
        if (tier > Processor.Best) return;
        // Slots: sum, exponential, both inputs, a number. y = exp(a + b) · 2, the sum stored too.
        ChainInstruction[] program =
        [
            new() { A = 3, B = 4, Y = 0, Arity = 2 }, new() { A = 0, Y = 1, Arity = 1 }, new() { A = 1, B = 5, Y = 2, Arity = 2, Single = 2 },
        ];
        using var code = ChainEmitter.TryBuild(tier, program, [ChainOp.Add, ChainOp.Exp, ChainOp.Multiply], new double[3], outputs: 0b101,
            [false, false, false, false, false, true])!;
        float two = 2;
        float** slots = stackalloc float*[6];
        foreach (bool atEnd in (bool[])[false, true])
            for (int count = 0; count < 50; count++)
            {
                using GuardedMemory<float> sum = new(count, atEnd), y = new(count, atEnd), a = new(count, atEnd), b = new(count, atEnd);
                for (int i = 0; i < count; i++) (a.Span[i], b.Span[i]) = (i * 0.1f, -i);
                slots[0] = sum.Pointer;
                slots[2] = y.Pointer;
                slots[3] = a.Pointer;
                slots[4] = b.Pointer;
                slots[5] = &two;
                ((delegate* unmanaged[SuppressGCTransition]<float**, nint, void>)code.Entry)(slots, count);
                for (int i = 0; i < count; i++)
                {
                    Assert.Equal(i * 0.1f - i, sum.Span[i]);
                    Assert.Equal(2 * MathF.Exp(sum.Span[i]), y.Span[i], 3e-7f);
                }
            }
    }

    [Fact]
    public void A_chain_that_needs_too_many_registers_runs_without_code()
    {
        Numerics.Fusion = true;
        Processor.Cap = IsaTier.Avx2;
        var x = Tensor.Randn([777]);
        Tensor Chain()
        {
            Tensor[] parts = [.. Enumerable.Range(1, 15).Select(i => x * i)];
            var y = parts[0];
            // Each part is needed to the end.
            for (int i = 1; i < parts.Length; i++) y = y * parts[^i];
            for (int i = 0; i < parts.Length; i++) y = y + parts[i];
            return y;
        }
        var fused = Chain().ToArray<float>();
        Numerics.Fusion = false;
        AssertSame(Chain().ToArray<float>(), fused, "many parts");
    }

    static Tensor Values(int length, int seed)
    {
        float[] odd = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, 1e-41f, -1e-40f, 1e30f, -1e30f, 88.9f, -104.2f, 40.5f, -13.2f, 0.5f, -0.5f, 2.5f];
        var random = new Random(seed);
        var values = new float[length];
        for (int i = 0; i < length; i++)
            values[i] = random.Next(4) == 0 ? odd[random.Next(odd.Length)] : (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 3)));
        return Tensor.From(values);
    }

    static void AssertSame(float[] expected, float[] actual, string what)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.True(float.IsNaN(expected[i]) ? float.IsNaN(actual[i]) : BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]),
                $"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}");
    }
}
