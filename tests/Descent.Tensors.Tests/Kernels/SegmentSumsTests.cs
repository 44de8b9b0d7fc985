using Descent.Tensors.Kernels;
using Descent.Tensors.Tests.Threading;

namespace Descent.Tensors.Tests.Kernels;

[Collection(ThreadCountCollection.Name)]
public sealed class SegmentSumsTests : IDisposable
{
    readonly int _threads = Numerics.Threads;

    public void Dispose() => Numerics.Threads = _threads;

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(7, 3, 5, 3)]
    [InlineData(1000, 50, 37, 50)]
    [InlineData(5000, 70_000, 64, 70_000)]
    [InlineData(3000, 5_000_000, 1, 4_999_000)]
    [InlineData(4000, 10, 129, 1)]
    [InlineData(2000, 3, 300, 2)]
    [InlineData(100, 20, 16, 0)]
    public void Sums_are_those_of_adding_row_by_row(int count, int size, int width, int used)
    {
        var random = new Random(count);
        var names = new long[count];
        // Some are left out; names are mostly small, with a few large ones.
        for (int k = 0; k < count; k++) names[k] = used == 0 || random.Next(10) == 0 ? -1 : Math.Min(size - 1, (long)(used * Math.Pow(random.NextDouble(), 3)));
        if (used > 1) names[count / 2] = size - 1;
        Check(names, [.. Enumerable.Range(0, count * width).Select(_ => (float)random.NextDouble() - 0.5f)], size, width);
        Check(names, [.. Enumerable.Range(0, count * width).Select(_ => random.NextDouble() - 0.5)], size, width);
    }

    static void Check<T>(long[] names, T[] x, int size, int width) where T : unmanaged, System.Numerics.INumber<T>
    {
        var want = new Dictionary<long, T[]>();
        for (int k = 0; k < names.Length; k++)
        {
            if (names[k] < 0) continue;
            if (!want.TryGetValue(names[k], out var row)) want.Add(names[k], row = new T[width]);
            for (int j = 0; j < width; j++) row[j] += x[k * width + j];
        }
        foreach (int threads in (int[])[1, 2])
        {
            Numerics.Threads = threads;
            var y = new T[size * width];
            SegmentSums.Add<T>(names, x, y, size, width);
            foreach (var (name, row) in want) Assert.Equal(row, y[(int)(name * width)..(int)((name + 1) * width)]);
            Assert.Equal(want.Values.Sum(row => row.Count(v => v != T.Zero)), y.Count(v => v != T.Zero));
        }
    }
}
