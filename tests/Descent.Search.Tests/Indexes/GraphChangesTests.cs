using Descent.Tensors;

namespace Descent.Search.Tests;

public class GraphChangesTests
{
    public static TheoryData<string> Cases => [.. IndexCase.All.Keys.Where(name => !name.StartsWith("flat", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Cases))]
    public void Vectors_removed_and_replaced_one_by_one_are_never_found_again(string name)
    {
        const int n = 1500, dimension = 6;
        using var index = IndexCase.All[name].Filled(n, dimension);
        float[] x = IndexCase.Sample(n, dimension, 5), far = [.. Enumerable.Range(0, dimension).Select(i => i % 2 == 0 ? 50f : -50f)];
        for (int i = 0; i < 150; i++)
        {
            // Near ones after each other, so that what is gone comes to be most of what is near.
            var one = x.AsSpan(0, dimension);
            long id = index.Search(one, 1)[0].Id;
            if (i % 3 == 0) index.Add(id, far);
            else index.Remove(id);
            var found = index.Search(one, 10);
            Assert.Equal(10, found.Length);
            Assert.DoesNotContain(found, f => f.Id == id);
        }
        Assert.Equal(n - 100, index.Count);
        Assert.InRange(index.Store.Slots, n, n + 150);
        var statistics = index.Statistics;
        Assert.Equal((n - 100, n - 100), (statistics.Count, statistics.Reachable));
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_graph_is_sound_after_any_changes(string name)
    {
        const int dimension = 4, ids = 150;
        using var index = IndexCase.All[name].Create(dimension);
        var random = new Generator(17);
        var there = new HashSet<long>();
        for (int step = 0; step < 60; step++)
        {
            long[] some = [.. Enumerable.Range(0, (int)random.NextInt64(1, step % 7 == 0 ? 100 : 12)).Select(_ => random.NextInt64(0, ids)).Distinct()];
            if (random.NextInt64(0, 2) == 0)
            {
                index.Remove(some);
                there.ExceptWith(some);
            }
            else
            {
                float[] x = IndexCase.Sample(some.Length, dimension, (ulong)step);
                // Many equal ones among them.
                for (int i = 0; i < x.Length; i++) x[i] = MathF.Round(x[i]);
                index.Add(some, x);
                there.UnionWith(some);
            }
            Assert.Equal(there.Count, index.Count);
            Assert.Equal(there.Count, index.Statistics.Reachable);
            using var file = new MemoryStream();
            index.Save(file);
            file.Position = 0;
            // What is read is checked: lists, and the tree that keeps all reachable.
            using var opened = IndexFile.Read(file, $"after step {step}");
            Assert.Equal(there.Count, opened.Count);
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void What_has_grown_finds_as_much_as_what_was_built_at_once(string name)
    {
        const int n = 3000, first = 1600, dimension = 24, k = 10;
        float[] x = IndexCase.Sample(n, dimension, 5), queries = IndexCase.Sample(200, dimension, 6);
        long[] ids = IndexCase.Ids(n);
        using var built = IndexCase.All[name].Filled(n, dimension);
        using var grown = IndexCase.All[name].Create(dimension);
        for (int from = 0, each = first; from < n; from += each, each = Math.Min(n - from, from % 3 == 1 ? 1 : 150))
            grown.Add(ids.AsSpan(from, each), x.AsSpan(from * dimension, each * dimension));
        Assert.Equal(n, grown.Statistics.Reachable);
        using var flat = new FlatIndex(dimension, built.Metric, built.Elements);
        flat.Add(ids, x);
        var truth = TrueNeighbors.Find(flat, queries, k);
        double Recall(VectorIndex index) => truth.Recall(index.SearchMany(queries, k));
        Assert.True(Recall(grown) >= Recall(built) - 0.02, $"recall {Recall(grown)} grown, {Recall(built)} built");
    }
}
