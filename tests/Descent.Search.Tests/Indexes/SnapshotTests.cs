namespace Descent.Search.Tests;

/// <summary>A filter runs in the middle of a search, so what it does to the index happens there.</summary>
public class SnapshotTests
{
    const int Dimension = 6, Vectors = 300;

    public static TheoryData<string> Cases => IndexCase.Names;

    [Theory, MemberData(nameof(Cases))]
    public void A_search_sees_the_index_as_it_was_when_it_began(string name)
    {
        using var index = IndexCase.All[name].Filled(Vectors, Dimension);
        float[] query = IndexCase.Sample(1, Dimension, 81), added = IndexCase.Sample(400, Dimension, 82);
        var before = index.Search(query, 10, Everything());
        long[] news = [.. Enumerable.Range(0, 400).Select(i => -1L - i)];
        bool isChanged = false;
        var during = index.Search(query, 10, Everything(_ =>
        {
            if (isChanged) return;
            isChanged = true;
            index.Remove(before[0].Id);
            // Some have the query's place, and memory grows.
            query.CopyTo(added, 0);
            index.Add(news, added);
            index.Add(before[1].Id, added.AsSpan(Dimension, Dimension));
            Assert.Contains(index.Search(query, 200), f => f.Id < 0);
            Assert.True(index.Contains(-1) && !index.Contains(before[0].Id));
        }));
        Assert.Equal(before, during);
        Assert.True(isChanged);
        Assert.Equal(Vectors + 399, index.Count);
        Assert.DoesNotContain(index.Search(query, 10), f => f.Id == before[0].Id);
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_search_may_go_on_while_all_is_removed_or_disposed_of(string name)
    {
        foreach (bool isDisposed in (bool[])[false, true])
        {
            using var index = IndexCase.All[name].Filled(Vectors, Dimension);
            float[] query = IndexCase.Sample(1, Dimension, 83);
            var before = index.Search(query, 10, Everything());
            int calls = 0;
            Assert.Equal(before, index.Search(query, 10, Everything(_ =>
            {
                if (calls++ != 3) return;
                if (isDisposed) index.Dispose();
                else
                {
                    index.Remove(IndexCase.Ids(Vectors));
                    Assert.Empty(index.Search(query, 10));
                }
            })));
            if (!isDisposed) continue;
            Assert.Throws<ObjectDisposedException>(() => index.Search(query, 1));
            Assert.Throws<ObjectDisposedException>(() => index.SearchMany(query, 1));
            Assert.Throws<ObjectDisposedException>(() => index.SearchRange(query, 1));
            Assert.Throws<ObjectDisposedException>(() => index.Add(1, query));
            Assert.Throws<ObjectDisposedException>(() => index.Remove(100));
            Assert.Throws<ObjectDisposedException>(() => index.Contains(100));
            Assert.Throws<ObjectDisposedException>(() => index.Find(100));
            Assert.Throws<ObjectDisposedException>(() => index.Count);
            Assert.Throws<ObjectDisposedException>(() => index.Statistics);
            Assert.Throws<ObjectDisposedException>(() => index.Save(new MemoryStream()));
            index.Dispose();
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Memory_does_not_grow_where_as_much_goes_as_comes(string name)
    {
        using var index = IndexCase.All[name].Filled(Vectors, Dimension);
        float[] x = IndexCase.Sample(40, Dimension, 84);
        long[] ids = [.. Enumerable.Range(0, 40).Select(i => -1L - i)];
        for (int round = 0; round < 30; round++)
        {
            index.Add(ids, x);
            index.Add(ids.AsSpan(20), x.AsSpan(20 * Dimension));
            index.Remove(ids);
        }
        Assert.Equal(Vectors, index.Count);
        Assert.InRange(index.Store.Slots, Vectors, Vectors + 100);
        Assert.Equal(index.Statistics.Count, index.Statistics.Reachable);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Replacing_all_vectors_leaves_a_sound_index(string name)
    {
        using var index = IndexCase.All[name].Filled(Vectors, Dimension);
        float[] x = IndexCase.Sample(Vectors, Dimension, 85);
        index.Add(IndexCase.Ids(Vectors), x);
        Assert.Equal(Vectors, index.Count);
        Assert.Equal(Vectors, index.Statistics.Reachable);
        var found = index.Search(x.AsSpan(7 * Dimension, Dimension), 20);
        Assert.Equal(20, found.Select(f => f.Id).Distinct().Count());
        Assert.All(found, f => Assert.Equal(IndexCase.Distance(index.Metric, x.AsSpan(7 * Dimension, Dimension), index.Find(f.Id)!), f.Distance, 1e-4f));
    }

    /// <summary>A filter that lets all pass; of what is seen through one, searches begun before and after a change agree.</summary>
    static SearchOptions Everything(Action<long>? look = null) => new()
    {
        Ef = 100,
        Filter = id =>
        {
            look?.Invoke(id);
            return true;
        },
    };
}
