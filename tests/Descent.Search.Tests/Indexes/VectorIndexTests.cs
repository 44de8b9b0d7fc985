using Descent.Tensors;

namespace Descent.Search.Tests;

public class VectorIndexTests
{
    public static TheoryData<string> Cases => IndexCase.Names;

    [Theory, MemberData(nameof(Cases))]
    public void The_nearest_are_found(string name)
    {
        var test = IndexCase.All[name];
        foreach (int dimension in (int[])[3, 16, 37])
        {
            const int n = 700, queries = 25, k = 10;
            using var index = test.Filled(n, dimension);
            float[] query = IndexCase.Sample(queries, dimension, 77);
            double hits = 0;
            for (int q = 0; q < queries; q++)
            {
                var one = query.AsSpan(q * dimension, dimension);
                var expected = IndexCase.Exact(index, IndexCase.Ids(n), one, k);
                var found = index.Search(one, k);
                Assert.Equal(k, found.Length);
                CheckDistances(index, one, found);
                // Of equally near ones either is right.
                hits += found.Count(f => f.Distance <= expected[^1].Distance + Slack(expected[^1].Distance));
            }
            Assert.True(hits / (queries * k) >= test.Recall, $"recall {hits / (queries * k)} at dimension {dimension}");
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Many_queries_get_the_answers_of_each(string name)
    {
        foreach (int threads in (int[])[1, 2])
        {
            using var fixedThreads = new ThreadCount(threads);
            using var index = IndexCase.All[name].Filled(1500, 20);
            float[] queries = IndexCase.Sample(150, 20, 78);
            var many = index.SearchMany(queries, 7, new() { Ef = 40 });
            Assert.Equal(150 * 7, many.Length);
            for (int q = 0; q < 150; q++)
                Assert.Equal(index.Search(queries.AsSpan(q * 20, 20), 7, new() { Ef = 40 }), many[(q * 7)..(q * 7 + 7)]);
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Removed_vectors_are_gone_and_others_still_found(string name)
    {
        var test = IndexCase.All[name];
        const int n = 600, dimension = 12;
        using var index = test.Filled(n, dimension);
        long[] ids = IndexCase.Ids(n), gone = [.. ids.Where((_, i) => i % 3 != 1)], left = [.. ids.Except(gone)];
        Assert.False(index.Remove(1));
        Assert.True(index.Remove(gone[0]));
        Assert.Equal(gone.Length - 1, index.Remove(gone));
        Assert.Equal(left.Length, index.Count);
        Assert.False(index.Contains(gone[5]));
        Assert.Null(index.Find(gone[5]));
        Assert.True(index.Contains(left[5]));
        AssertFinds(test, index, left, dimension);

        // Free slots are used again.
        index.Add(gone, IndexCase.Sample(gone.Length, dimension, 9));
        Assert.Equal(n, index.Count);
        AssertFinds(test, index, ids, dimension);
        index.Remove(ids);
        Assert.Empty(index.Search(new float[dimension], 3));
        index.Add(5, IndexCase.Sample(1, dimension, 1));
        Assert.Equal(5, Assert.Single(index.Search(new float[dimension], 3)).Id);
    }

    [Theory, MemberData(nameof(Cases))]
    public void An_id_that_is_there_gets_the_new_vector(string name)
    {
        using var index = IndexCase.All[name].Filled(300, 16);
        float[] vector = [.. Enumerable.Range(0, 16).Select(i => i % 2 == 0 ? 60f : -60f)];
        index.Add(100, vector);
        Assert.Equal(300, index.Count);
        Assert.Equal(100, index.Search(vector, 1)[0].Id);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Vectors_added_one_by_one_are_found_too(string name)
    {
        var test = IndexCase.All[name];
        const int n = 300, dimension = 8;
        using var index = test.Create(dimension);
        float[] x = IndexCase.Sample(n, dimension, 4);
        for (int i = 0; i < n; i++) index.Add(3 * i + 100, x.AsSpan(i * dimension, dimension));
        AssertFinds(test, index, IndexCase.Ids(n), dimension);
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_filter_lets_through_what_it_says_and_the_nearest_of_it(string name)
    {
        var test = IndexCase.All[name];
        const int n = 2000, dimension = 12;
        using var index = test.Filled(n, dimension);
        foreach (int every in (int[])[2, 100])
        {
            bool Passes(long id) => (id - 100) / 3 % every == 0;
            AssertFinds(test, index, IndexCase.Ids(n).Where(Passes), dimension, new() { Filter = Passes });
        }
        Assert.Empty(index.Search(new float[dimension], 3, new() { Filter = _ => false }));
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_range_holds_what_is_within_it(string name)
    {
        var test = IndexCase.All[name];
        const int n = 1000, dimension = 10;
        using var index = test.Filled(n, dimension);
        float[] query = IndexCase.Sample(10, dimension, 15);
        double found = 0, expected = 0;
        for (int q = 0; q < 10; q++)
        {
            var one = query.AsSpan(q * dimension, dimension);
            float radius = IndexCase.Exact(index, IndexCase.Ids(n), one, 60)[^1].Distance;
            var range = index.SearchRange(one, radius);
            CheckDistances(index, one, range);
            Assert.All(range, f => Assert.True(f.Distance <= radius));
            found += range.Length;
            expected += IndexCase.Exact(index, IndexCase.Ids(n), one, n).Count(f => f.Distance <= radius - Slack(radius));
            Assert.Equal(range.Where(f => f.Id % 2 == 0), index.SearchRange(one, radius, new() { Filter = id => id % 2 == 0 }));
        }
        Assert.True(found >= test.Recall * expected, $"{found} of {expected}");
        Assert.Empty(index.SearchRange(query.AsSpan(0, dimension), float.NegativeInfinity));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Building_gives_the_same_index_for_any_number_of_threads(string name)
    {
        byte[] Build(int threads)
        {
            using var fixedThreads = new ThreadCount(threads);
            using var index = IndexCase.All[name].Filled(1200, 9);
            index.Remove([.. IndexCase.Ids(300)]);
            index.Add(IndexCase.Ids(100), IndexCase.Sample(100, 9, 6));
            using var file = new MemoryStream();
            index.Save(file);
            return file.ToArray();
        }
        Assert.Equal(Build(1), Build(2));
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_saved_index_opens_with_the_same_answers(string name)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var index = IndexCase.All[name].Filled(500, 11);
        index.Remove([.. IndexCase.Ids(200)]);
        try
        {
            index.Save(path);
            using var opened = VectorIndex.Open(path);
            Assert.Equal(index.Count, opened.Count);
            Assert.Equal((index.Dimension, index.Metric, index.Elements), (opened.Dimension, opened.Metric, opened.Elements));
            float[] queries = IndexCase.Sample(20, 11, 31);
            Assert.Equal(index.SearchMany(queries, 6), opened.SearchMany(queries, 6));
            opened.Add(IndexCase.Ids(20), IndexCase.Sample(20, 11, 32));
            AssertFinds(IndexCase.All[name], opened, IndexCase.Ids(20).Concat(IndexCase.Ids(500).Skip(200)), 11);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Searches_see_only_what_is_there_while_others_change_it(string name)
    {
        const int dimension = 8, stable = 400, moving = 60;
        using var index = IndexCase.All[name].Filled(stable, dimension);
        float[] x = IndexCase.Sample(moving, dimension, 41), queries = IndexCase.Sample(50, dimension, 42);
        var writer = new Thread(() =>
        {
            for (int round = 0; round < 15; round++)
            {
                for (int i = 0; i < moving; i += 6) index.Add([.. Enumerable.Range(i, 6).Select(j => -1L - j)], x.AsSpan(i * dimension, 6 * dimension));
                for (int i = 0; i < moving; i++) index.Remove(-1 - i);
            }
        });
        writer.Start();
        int searches = 0;
        do
        {
            var one = queries.AsSpan(searches % 50 * dimension, dimension);
            foreach (var found in index.Search(one, 10))
            {
                float[] vector = found.Id < 0 ? x[(int)((-1 - found.Id) * dimension)..(int)(-found.Id * dimension)] : index.Find(found.Id)!;
                if (found.Id >= 0) Assert.Equal(IndexCase.Distance(index.Metric, one, vector), found.Distance, Slack(found.Distance));
                else Assert.InRange(found.Id, -moving, -1);
            }
            searches++;
        }
        while (writer.IsAlive);
        writer.Join();
        Assert.Equal(stable, index.Count);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Equal_vectors_are_all_there(string name)
    {
        using var index = IndexCase.All[name].Create(5);
        float[] vector = [1, 2, -3, 4, 5];
        index.Add(IndexCase.Ids(200), [.. Enumerable.Range(0, 200).SelectMany(_ => vector)]);
        var found = index.Search(vector, 200, new() { Ef = 200 });
        Assert.Equal(IndexCase.Ids(200), found.Select(f => f.Id));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Every_vector_can_be_reached(string name)
    {
        using var index = IndexCase.All[name].Filled(1500, 6);
        index.Remove([.. IndexCase.Ids(700)]);
        var statistics = index.Statistics;
        Assert.Equal(800, statistics.Count);
        Assert.Equal(statistics.Count, statistics.Reachable);
        Assert.True(statistics.VectorBytes > 0);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Wrong_input_is_refused_and_changes_nothing(string name)
    {
        using var index = IndexCase.All[name].Filled(10, 4);
        Assert.Contains("expected 4 for each", Assert.Throws<ArgumentException>(() => index.Add([1, 2], new float[7])).Message, StringComparison.Ordinal);
        Assert.Contains("id 7 occurs twice", Assert.Throws<ArgumentException>(() => index.Add([7, 7], new float[8])).Message, StringComparison.Ordinal);
        Assert.Contains("Element 1 of vector 0 is NaN", Assert.Throws<ArgumentException>(() => index.Add(1, [0, float.NaN, 0, 0])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => index.Add(1, [0, 0, 0, 1e30f]));
        Assert.Contains("has 3 elements", Assert.Throws<ArgumentException>(() => index.Search([1, 2, 3], 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => index.Search([1, 2, 3, float.PositiveInfinity], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Search([1, 2, 3, 4], 0));
        Assert.Throws<ArgumentException>(() => index.SearchMany(new float[5], 1));
        Assert.Equal(10, index.Count);
        Assert.Empty(index.SearchMany([], 3));
    }

    [Fact]
    public void A_metric_must_fit_the_elements()
    {
        Assert.Throws<ArgumentException>(() => new FlatIndex(4, VectorMetric.Hamming));
        Assert.Throws<ArgumentException>(() => new FlatIndex(4, VectorMetric.Cosine, VectorElement.Binary));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FlatIndex(0));
    }

    static void AssertFinds(IndexCase test, VectorIndex index, IEnumerable<long> ids, int dimension, SearchOptions? options = null)
    {
        const int queries = 20, k = 5;
        long[] all = [.. ids];
        float[] query = IndexCase.Sample(queries, dimension, 79);
        double hits = 0;
        for (int q = 0; q < queries; q++)
        {
            var one = query.AsSpan(q * dimension, dimension);
            var expected = IndexCase.Exact(index, all, one, k);
            var found = index.Search(one, k, options);
            Assert.Equal(expected.Length, found.Length);
            Assert.All(found, f => Assert.Contains(f.Id, all));
            CheckDistances(index, one, found);
            hits += found.Count(f => f.Distance <= expected[^1].Distance + Slack(expected[^1].Distance));
        }
        Assert.True(hits / (queries * k) >= test.Recall, $"recall {hits / (queries * k)}");
    }

    static void CheckDistances(VectorIndex index, ReadOnlySpan<float> query, Neighbor[] found)
    {
        for (int i = 0; i < found.Length; i++)
        {
            Assert.Equal(IndexCase.Distance(index.Metric, query, index.Find(found[i].Id)!), found[i].Distance, Slack(found[i].Distance));
            if (i > 0) Assert.True(found[i - 1] < found[i]);
        }
    }

    static float Slack(float distance) => 1e-5f * (1 + Math.Abs(distance));
}
