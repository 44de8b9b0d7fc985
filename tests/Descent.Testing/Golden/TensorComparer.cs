using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Compares tensors: <c>|got − want| ≤ atol + rtol · |want|</c>, NaN equal to NaN, integers and bools exactly.</summary>
public static class TensorComparer
{
    /// <summary>What differs, or null: type, shape, or how many elements with the first of them.</summary>
    public static string? Difference(Tensor got, Tensor want, double relative, double absolute)
    {
        if (got.DType != want.DType) return $"the type is {got.DType}, expected {want.DType}";
        if (got.Shape != want.Shape) return $"the shape is {got.Shape}, expected {want.Shape}";
        return want.DType is DType.Float64 or DType.Float32 or DType.Float16 or DType.BFloat16
            ? Count(Doubles(got), Doubles(want), want.Shape, (g, w) => Agree(g, w, relative, absolute))
            : Count(Longs(got), Longs(want), want.Shape, (g, w) => g == w);
    }

    static bool Agree(double got, double want, double relative, double absolute) =>
        got == want || (double.IsNaN(got) && double.IsNaN(want)) ||
        (double.IsFinite(got) && double.IsFinite(want) && Math.Abs(got - want) <= absolute + relative * Math.Abs(want));

    static string? Count<T>(T[] got, T[] want, Shape shape, Func<T, T, bool> agree)
    {
        int first = -1, count = 0;
        for (int i = 0; i < want.Length; i++)
        {
            if (agree(got[i], want[i])) continue;
            if (count++ == 0) first = i;
        }
        return count == 0 ? null
            : $"{count} of {want.Length} elements differ; the first at [{string.Join(", ", Index(first, shape))}]: {got[first]}, expected {want[first]}";
    }

    static int[] Index(int flat, Shape shape)
    {
        var index = new int[shape.Rank];
        for (int d = shape.Rank - 1; d >= 0; d--)
        {
            index[d] = flat % shape[d];
            flat /= shape[d];
        }
        return index;
    }

    static double[] Doubles(Tensor x) => x.Detach().To(DType.Float64).Contiguous().AsSpan<double>().ToArray();

    static long[] Longs(Tensor x) => x.To(DType.Int64).Contiguous().AsSpan<long>().ToArray();
}
