namespace Descent.Tensors.Tests.Ops;

/// <summary>Comparisons and choices of every type, length and layout against one element at a time.</summary>
public sealed class ComparisonTests
{
    static readonly (string Name, Func<Tensor, Tensor, Tensor> Apply, Func<double, double, bool> Holds)[] s_comparisons =
    [
        ("eq", (a, b) => a.Eq(b), (a, b) => a == b), ("ne", (a, b) => a.Ne(b), (a, b) => a != b),
        ("lt", (a, b) => a.Lt(b), (a, b) => a < b), ("le", (a, b) => a.Le(b), (a, b) => a <= b),
        ("gt", (a, b) => a.Gt(b), (a, b) => a > b), ("ge", (a, b) => a.Ge(b), (a, b) => a >= b),
        ("and", (a, b) => a.LogicalAnd(b), (a, b) => a != 0 && b != 0), ("or", (a, b) => a.LogicalOr(b), (a, b) => a != 0 || b != 0),
        ("xor", (a, b) => a.LogicalXor(b), (a, b) => a != 0 ^ b != 0),
    ];

    public static TheoryData<string, DType> Types
    {
        get
        {
            var data = new TheoryData<string, DType>();
            foreach (var c in s_comparisons)
                foreach (var type in (DType[])[DType.Float32, DType.Float64, DType.Int64, DType.Int32, DType.Int8, DType.UInt8, DType.BFloat16, DType.Bool])
                    data.Add(c.Name, type);
            return data;
        }
    }

    // Few values, so that equal ones meet; with NaN and both zeros where there are such.
    static Tensor Sample(int length, DType type, int seed)
    {
        var x = Tensor.RandInt(type == DType.UInt8 || type == DType.Bool ? 0 : -2, type == DType.Bool ? 2 : 3, [length], generator: new Generator((ulong)seed)).To(type);
        if (!type.IsFloatingPoint || length < 3) return x;
        x = x.Clone();
        x[length / 2] = Tensor.Full([], double.NaN, type);
        x[length / 3] = Tensor.Full([], -0.0, type);
        return x;
    }

    static double[] Numbers(Tensor x) => x.To(DType.Float64).ToArray<double>();

    [Theory, MemberData(nameof(Types))]
    public void Comparisons_are_those_of_the_numbers(string name, DType type)
    {
        var (_, apply, holds) = s_comparisons.Single(c => c.Name == name);
        foreach (int n in (int[])[1, 7, 31, 32, 33, 64, 100, 1000])
        {
            Tensor a = Sample(n, type, 1), b = Sample(n, type, 2), one = Sample(1, type, 3);
            double[] x = Numbers(a), y = Numbers(b);
            double z = Numbers(one)[0];
            Check(apply(a, b), i => holds(x[i], y[i]), $"{n} elements");
            Check(apply(a, one), i => holds(x[i], z), $"{n} elements and one");
            Check(apply(one, b), i => holds(z, y[i]), $"one and {n} elements");
            Tensor every = Sample(2 * n, type, 4)[TensorIndex.Slice(step: 2)];
            double[] others = Numbers(every);
            Check(apply(every, b), i => holds(others[i], y[i]), $"every second of {2 * n} elements");
        }
    }

    static void Check(Tensor y, Func<int, bool> expected, string what)
    {
        var values = y.ToArray<bool>();
        for (int i = 0; i < values.Length; i++) Assert.True(expected(i) == values[i], $"{what}: element {i}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(64)]
    [InlineData(1003)]
    public void Choices_take_each_element_from_where_the_mask_says(int n)
    {
        foreach (var type in (DType[])[DType.Float32, DType.Float64, DType.Int32, DType.Int64, DType.Int8, DType.UInt8, DType.BFloat16, DType.Float16, DType.Bool])
        {
            Tensor mask = Sample(n, DType.Bool, 5), a = Sample(n, type, 6), b = Sample(n, type, 7), one = Sample(1, type, 8);
            bool[] c = mask.ToArray<bool>();
            double[] x = Numbers(a), y = Numbers(b);
            double z = Numbers(one)[0];
            Check(Tensor.Where(mask, a, b), i => c[i] ? x[i] : y[i], $"{type}");
            Check(Tensor.Where(mask, one, b), i => c[i] ? z : y[i], $"{type}, one or the other");
            Check(Tensor.Where(mask, a, one), i => c[i] ? x[i] : z, $"{type}, the other or one");
        }
    }

    static void Check(Tensor y, Func<int, double> expected, string what)
    {
        var values = Numbers(y);
        for (int i = 0; i < values.Length; i++) Assert.True(expected(i).Equals(values[i]), $"{what}: element {i} is {values[i]}");
    }
}
