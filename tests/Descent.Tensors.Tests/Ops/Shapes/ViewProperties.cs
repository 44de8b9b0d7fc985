using FsCheck;
using FsCheck.Fluent;

namespace Descent.Tensors.Tests.Ops;

/// <summary>Chains of views and reads by index against a model that only knows coordinates.</summary>
public sealed class ViewProperties
{
    /// <summary>A tensor's elements by coordinate, as the model sees them.</summary>
    sealed record Model(int[] Dims, Func<int[], float> At)
    {
        internal IEnumerable<float> Elements()
        {
            var index = new int[Dims.Length];
            int count = Dims.Aggregate(1, (a, b) => a * b);
            for (int i = 0; i < count; i++)
            {
                for (int d = Dims.Length - 1, rest = i; d >= 0; d--) (rest, index[d]) = Math.DivRem(rest, Dims[d]);
                yield return At(index);
            }
        }
    }

    [Fact]
    public void A_chain_of_views_reads_the_elements_that_its_steps_name() =>
        Prop.ForAll(ArbMap.Default.GeneratorFor<int>().ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            int[] dims = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(1, 6))];
            var (x, model) = Start(dims);
            for (int step = 0; step < 5; step++) (x, model) = Step(x, model, random);
            Assert.Equal(model.Dims, x.Shape.ToArray());
            Assert.Equal(model.Elements(), x.ToArray<float>());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_written_through_brackets_stands_where_it_is_read() =>
        Prop.ForAll(ArbMap.Default.GeneratorFor<int>().ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            int rows = random.Next(1, 7), columns = random.Next(1, 7), start = random.Next(rows), end = random.Next(start, rows) + 1;
            var (x, _) = Start([rows, columns]);
            var before = x.Clone();
            x[start..end, ^1] = Tensor.Full([end - start], -1f);
            for (int r = 0; r < rows; r++)
                for (int c = 0; c < columns; c++)
                    Assert.Equal(r >= start && r < end && c == columns - 1 ? -1 : before[r, c].Item(), x[r, c].Item());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_index_tensor_picks_rows_and_its_gradient_returns_to_them() =>
        Prop.ForAll(ArbMap.Default.GeneratorFor<int>().ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            int rows = random.Next(1, 6), columns = random.Next(1, 5);
            long[] picks = [.. Enumerable.Range(0, random.Next(0, 9)).Select(_ => (long)random.Next(-rows, rows))];
            var (x, model) = Start([rows, columns]);
            x.RequiresGrad = true;
            var y = x[Tensor.From<long>(picks, [picks.Length])];
            Assert.Equal(picks.SelectMany(p => Enumerable.Range(0, columns).Select(c => model.At([(int)(p < 0 ? p + rows : p), c]))), y.Detach().ToArray<float>());
            y.Sum().Backward();
            Assert.Equal(
                Enumerable.Range(0, rows).SelectMany(r => Enumerable.Repeat((float)picks.Count(p => (p < 0 ? p + rows : p) == r), columns)),
                x.Grad!.ToArray<float>());
        }).QuickCheckThrowOnFailure();

    static (Tensor, Model) Start(int[] dims)
    {
        int count = dims.Aggregate(1, (a, b) => a * b);
        float[] values = [.. Enumerable.Range(0, count).Select(i => (float)i)];
        return (Tensor.From<float>(values, dims), new(dims, index =>
        {
            int at = 0;
            for (int d = 0; d < dims.Length; d++) at = at * dims[d] + index[d];
            return values[at];
        }));
    }

    static (Tensor, Model) Step(Tensor x, Model model, Random random)
    {
        int rank = model.Dims.Length, dim = random.Next(rank), other = random.Next(rank), size = model.Dims[dim];
        switch (random.Next(5))
        {
            case 0:
                return (x.Transpose(dim, other), new(Swap(model.Dims, dim, other), i => model.At(Swap(i, dim, other))));
            case 1:
                int start = random.Next(size), length = random.Next(0, size - start + 1);
                return (x.Narrow(dim, start, length), new(With(model.Dims, dim, length), i => model.At(With(i, dim, i[dim] + start))));
            case 2:
                return (x.Unsqueeze(dim), new([.. model.Dims[..dim], 1, .. model.Dims[dim..]], i => model.At([.. i[..dim], .. i[(dim + 1)..]])));
            case 3 when rank > 1 && size > 0:
                int pick = random.Next(size);
                return (x.Select(dim, pick - size), new([.. model.Dims[..dim], .. model.Dims[(dim + 1)..]], i => model.At([.. i[..dim], pick, .. i[dim..]])));
            default:
                return (x.Flip(dim), new(model.Dims, i => model.At(With(i, dim, size - 1 - i[dim]))));
        }
    }

    static int[] Swap(int[] values, int a, int b)
    {
        var copy = (int[])values.Clone();
        (copy[a], copy[b]) = (copy[b], copy[a]);
        return copy;
    }

    static int[] With(int[] values, int at, int value)
    {
        var copy = (int[])values.Clone();
        copy[at] = value;
        return copy;
    }
}
