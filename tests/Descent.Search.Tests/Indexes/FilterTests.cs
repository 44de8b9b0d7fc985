namespace Descent.Search.Tests;

public class FilterTests
{
    public static TheoryData<string> Cases => IndexCase.Names;

    [Theory, MemberData(nameof(Cases))]
    public void Whatever_share_passes_the_nearest_of_it_are_found(string name)
    {
        const int n = 2000, dimension = 12, queries = 15, k = 10;
        using var index = IndexCase.All[name].Filled(n, dimension);
        float[] query = IndexCase.Sample(queries, dimension, 91);
        foreach (int each in (int[])[2, 10, 100, 1000])
        {
            long[] ids = [.. IndexCase.Ids(n).Where((_, i) => i % each == 1)];
            var set = new IdSet(ids);
            Assert.Equal(ids.Length, set.Count);
            double hits = 0, all = 0;
            foreach (var options in (SearchOptions[])[new() { Filter = set.Contains }, new() { Among = set }, new() { Among = new(IndexCase.Ids(n)), Filter = set.Contains }])
            {
                var many = index.SearchMany(query, k, options);
                for (int q = 0; q < queries; q++)
                {
                    var one = query.AsSpan(q * dimension, dimension);
                    var expected = IndexCase.Exact(index, ids, one, k);
                    var found = index.Search(one, k, options);
                    Assert.Equal(expected.Length, found.Length);
                    Assert.Equal(found, many.AsSpan(q * k, found.Length).ToArray());
                    Assert.All(found, f => Assert.True(set.Contains(f.Id)));
                    hits += found.Count(f => f.Distance <= expected[^1].Distance + 1e-5f * (1 + Math.Abs(expected[^1].Distance)));
                    all += expected.Length;
                }
            }
            Assert.True(hits / all >= 0.95, $"recall {hits / all} where one of {each} passes");
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_filter_that_leaves_what_is_far_from_the_query_is_no_trap(string name)
    {
        const int n = 1500, dimension = 6, k = 5;
        using var index = IndexCase.All[name].Filled(n, dimension);
        float[] query = IndexCase.Sample(1, dimension, 92);
        // The farthest tenth.
        var far = IndexCase.Exact(index, IndexCase.Ids(n), query, n)[^(n / 10)..];
        var set = new IdSet([.. far.Select(f => f.Id)]);
        var expected = IndexCase.Exact(index, far.Select(f => f.Id), query, k);
        var found = index.Search(query, k, new() { Filter = set.Contains });
        Assert.Equal(k, found.Length);
        Assert.All(found, f => Assert.True(f.Distance <= expected[^1].Distance + 1e-4f * (1 + Math.Abs(expected[^1].Distance))));
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_stream_gives_all_vectors_once_and_the_nearest_first(string name)
    {
        const int n = 400, dimension = 8;
        using var index = IndexCase.All[name].Filled(n, dimension);
        float[] query = IndexCase.Sample(1, dimension, 93);
        Neighbor[] all = [.. index.Stream(query)];
        Assert.Equal(IndexCase.Ids(n), all.Select(f => f.Id).Order());
        int rising = Enumerable.Range(1, n - 1).Count(i => all[i - 1].Distance <= all[i].Distance);
        Assert.InRange(rising, (int)(0.95 * (n - 1)), n - 1);
        Assert.Equal(index.Search(query, 20, new() { Ef = 64 })[0], all[0]);
        Neighbor[] even = [.. index.Stream(query, new() { Filter = id => id % 2 == 0 }).Take(50)];
        Assert.Equal(50, even.Length);
        Assert.All(even, f => Assert.Equal(0, f.Id % 2));
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_stream_goes_on_while_the_index_changes(string name)
    {
        const int n = 300, dimension = 8;
        using var index = IndexCase.All[name].Filled(n, dimension);
        float[] query = IndexCase.Sample(1, dimension, 94);
        var given = new List<long>();
        long[] removed = [];
        foreach (var neighbor in index.Stream(query))
        {
            given.Add(neighbor.Id);
            // The next is searched for after it.
            if (given.Count != 32) continue;
            removed = [.. IndexCase.Ids(n).Except(given).Take(50)];
            index.Remove(removed);
            index.Add(-1, query);
        }
        Assert.Equal(given.Count, given.Distinct().Count());
        Assert.Equal(IndexCase.Ids(n).Except(removed).Append(-1).Order(), given.Order());
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_first_of_a_long_stream_are_as_near_as_those_of_a_search(string name)
    {
        const int n = 2500, dimension = 8, queries = 8, k = 100;
        using var index = IndexCase.All[name].Filled(n, dimension);
        index.DefaultEf = 24;
        float[] query = IndexCase.Sample(queries, dimension, 95);
        double hits = 0, hitsOfSearches = 0;
        for (int q = 0; q < queries; q++)
        {
            var one = query.AsSpan(q * dimension, dimension);
            float last = IndexCase.Exact(index, IndexCase.Ids(n), one, k)[^1].Distance, bound = last + 1e-5f * (1 + Math.Abs(last));
            Neighbor[] first = [.. index.Stream(one).Take(k)];
            hits += first.Count(f => f.Distance <= bound);
            hitsOfSearches += index.Search(one, k, new() { Ef = k }).Count(f => f.Distance <= bound);
            Assert.Equal(k, first.Select(f => f.Id).Distinct().Count());
        }
        Assert.True(hits >= 0.98 * hitsOfSearches, $"{hits} of {queries * k}, searches {hitsOfSearches}");
        Assert.Equal(IndexCase.Ids(n), index.Stream(query.AsSpan(0, dimension)).Select(f => f.Id).Order());
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_long_stream_goes_on_in_an_index_that_has_changed(string name)
    {
        const int n = 2500, dimension = 8;
        using var index = IndexCase.All[name].Filled(n, dimension);
        index.DefaultEf = 24;
        float[] query = IndexCase.Sample(1, dimension, 96);
        long[] far = [.. IndexCase.Exact(index, IndexCase.Ids(n), query, n)[1500..1700].Select(f => f.Id)];
        var given = new List<long>();
        foreach (var neighbor in index.Stream(query))
        {
            given.Add(neighbor.Id);
            if (given.Count == 40) index.Remove(far);
            if (given.Count == 80) index.Add(-1, query);
        }
        Assert.Equal(IndexCase.Ids(n).Except(far).Append(-1).Order(), given.Order());
    }

    [Fact]
    public unsafe void A_search_that_goes_on_finds_what_one_with_as_many_in_view_finds()
    {
        const int n = 3000, dimension = 8;
        using var index = (HnswIndex)IndexCase.All["hnsw"].Filled(n, dimension);
        var layers = index.Shown.Layers;
        float[] query = IndexCase.Sample(1, dimension, 97), prepared = new float[index.Store.Codec.QueryFloats];
        index.Store.Codec.Prepare(query, prepared);
        SearchScratch going = SearchScratch.Rent(), fresh = SearchScratch.Rent();
        fixed (float* p = prepared)
        {
            int start = GraphSearch.Descend(layers, index.Kernels.Walk, p, 0, going);
            index.Kernels.Walk.Begin(layers[0], p, start, 10, going);
            foreach (int ef in (int[])[11, 17, 60, 61, 300, 900, 3000])
            {
                index.Kernels.Walk.GoOn(layers[0], p, ef, going);
                index.Kernels.Walk.Explore(layers[0], p, start, ef, fresh);
                Assert.Equal(ef, going.Count);
                // What is visited while others are under way may differ.
                Assert.InRange(fresh.Found.ToArray().Intersect(going.Found.ToArray()).Count(), 0.98 * ef, ef);
            }
        }
        going.Return();
        fresh.Return();
    }

    [Fact]
    public void A_set_holds_what_it_was_made_of()
    {
        Assert.Equal(0, new IdSet().Count);
        Assert.False(new IdSet().Contains(0));
        var set = new IdSet(5, 0, -7, 5, long.MinValue, 0, long.MaxValue);
        Assert.Equal(5, set.Count);
        Assert.All((long[])[5, 0, -7, long.MinValue, long.MaxValue], id => Assert.True(set.Contains(id)));
        Assert.All((long[])[4, 7, long.MaxValue - 1], id => Assert.False(set.Contains(id)));
    }
}
