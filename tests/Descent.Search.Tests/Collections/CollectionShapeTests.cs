using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Descent.Search.Tests;

/// <summary>What the abstractions of .NET ask of a vector store, each asked of a collection by a line or two.</summary>
public sealed class CollectionShapeTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    sealed record Hotel(string Id, float[] Position, string City, int Stars);

    /// <summary>A store in the shape of those abstractions.</summary>
    sealed class Hotels(string folder) : IDisposable
    {
        VectorCollection<string>? _collection;

        VectorCollection<string> Collection => _collection ??= VectorCollection.Open<string>(folder, new() { Dimension = 2, Metric = VectorMetric.SquaredEuclidean });

        public Task<bool> CollectionExistsAsync() => Task.FromResult(VectorCollection.Exists(folder));

        public Task EnsureCollectionExistsAsync()
        {
            _ = Collection;
            return Task.CompletedTask;
        }

        public Task EnsureCollectionDeletedAsync()
        {
            Dispose();
            VectorCollection.Delete(folder);
            return Task.CompletedTask;
        }

        public Task<Hotel?> GetAsync(string key, bool includeVectors = false) => Task.FromResult(Collection.Get(key, includeVectors) is { } record ? Read(record) : null);

        public async IAsyncEnumerable<Hotel> GetAsync(IEnumerable<string> keys, bool includeVectors = false, [EnumeratorCancellation] CancellationToken cancellation = default)
        {
            foreach (var record in Collection.Get(keys, includeVectors))
            {
                cancellation.ThrowIfCancellationRequested();
                yield return Read(record);
            }
            await Task.CompletedTask;
        }

        public IEnumerable<Hotel> Get(PayloadFilter filter, int top, int skip, string? orderBy, bool descending) =>
            Collection.Get(filter, top, new() { Skip = skip, OrderBy = orderBy is null ? [] : [new(orderBy, descending)] }).Select(Read);

        public Task UpsertAsync(Hotel hotel, CancellationToken cancellation = default) => UpsertAsync([hotel], cancellation);

        public Task UpsertAsync(IEnumerable<Hotel> hotels, CancellationToken cancellation = default) =>
            Collection.UpsertAsync(hotels.Select(h => new CollectionRecord<string>(h.Id, h.Position, new JsonObject { ["city"] = h.City, ["stars"] = h.Stars })), cancellation);

        public Task DeleteAsync(string key) => Collection.DeleteAsync(key);

        public Task DeleteAsync(IEnumerable<string> keys) => Collection.DeleteAsync(keys);

        public IEnumerable<(Hotel Hotel, double Score)> Search(float[] position, int top, int skip = 0, PayloadFilter? filter = null, double? scoreThreshold = null, bool includeVectors = false) =>
            Collection.Search(position, top, new() { Skip = skip, Filter = filter, ScoreThreshold = (float?)scoreThreshold, IncludeVectors = includeVectors }).Select(hit => (Read(hit.Record), (double)hit.Score));

        public void Dispose() => _collection?.Dispose();

        static Hotel Read(CollectionRecord<string> record) => new(record.Key, record.Vector.ToArray(), (string)record.Payload["city"]!, (int)record.Payload["stars"]!);
    }

    static Hotel Make(int i) => new($"h{i}", [i, 0], i % 2 == 0 ? "Oslo" : "Bergen", i % 5);

    [Fact]
    public async Task An_adapter_to_the_abstractions_of_vector_stores_is_a_few_lines()
    {
        string folder = _folder.At("hotels");
        using var hotels = new Hotels(folder);
        Assert.False(await hotels.CollectionExistsAsync());
        await hotels.EnsureCollectionExistsAsync();
        Assert.True(await hotels.CollectionExistsAsync());
        Assert.Equal([folder], VectorCollection.List(_folder.Path));
        await hotels.UpsertAsync(Make(0));
        await hotels.UpsertAsync(Enumerable.Range(1, 19).Select(Make));
        Assert.Null(await hotels.GetAsync("h99"));
        Assert.Empty((await hotels.GetAsync("h3"))!.Position);
        var third = await hotels.GetAsync("h3", includeVectors: true);
        Assert.Equal([3, 0], third!.Position);
        var several = new List<string>();
        await foreach (var hotel in hotels.GetAsync(["h7", "none", "h2", "h7"])) several.Add(hotel.Id);
        Assert.Equal(["h7", "h2", "h7"], several);

        var oslo = PayloadFilter.EqualTo("city", "Oslo");
        Assert.Equal(["h2", "h4"], hotels.Get(oslo, top: 2, skip: 1, null, false).Select(h => h.Id));
        Assert.Equal(["h4", "h14", "h8"], hotels.Get(oslo, top: 3, skip: 0, "stars", descending: true).Select(h => h.Id));
        Assert.Equal(["h10", "h6"], hotels.Get(oslo, top: 2, skip: 1, "stars", descending: false).Select(h => h.Id));
        Assert.Empty(hotels.Get(oslo, top: 2, skip: 100, "stars", descending: false));

        Assert.Equal(["h0", "h1", "h2"], hotels.Search([0, 0], 3).Select(h => h.Hotel.Id));
        Assert.Equal(["h3", "h4"], hotels.Search([0, 0], 2, skip: 3).Select(h => h.Hotel.Id));
        Assert.Equal(["h6", "h8"], hotels.Search([0, 0], 2, skip: 3, oslo).Select(h => h.Hotel.Id));
        Assert.Equal(["h0", "h2", "h4"], hotels.Search([0, 0], 10, 0, oslo, scoreThreshold: -16).Select(h => h.Hotel.Id));
        Assert.Equal([5, 0], hotels.Search([5, 0], 1, includeVectors: true).Single().Hotel.Position);

        await hotels.DeleteAsync("h0");
        await hotels.DeleteAsync(["h1", "h2", "none"]);
        Assert.Equal("h3", hotels.Search([0, 0], 1).Single().Hotel.Id);
        await hotels.EnsureCollectionDeletedAsync();
        Assert.False(await hotels.CollectionExistsAsync());
        Assert.Empty(VectorCollection.List(_folder.Path));
    }

    [Fact]
    public void An_order_takes_every_kind_of_value_and_what_has_none_comes_last()
    {
        using var collection = VectorCollection.Open<long>(_folder.Path, new() { Dimension = 1 });
        string[] payloads = ["""{"x": "b"}""", """{"x": 3}""", """{}""", """{"x": null}""", """{"x": [5, 1]}""", """{"x": true}""", """{"x": "a"}""", """{"x": -2.5, "y": 1}""", """{"x": []}""", """{"x": -2.5, "y": 0}"""];
        collection.Upsert(payloads.Select((payload, i) => CollectionRecord.Create<long>(i, new float[1], System.Text.Encoding.UTF8.GetBytes(payload))));
        Assert.Equal([3, 5, 7, 9, 4, 1, 6, 0, 2, 8], Keys(new PayloadOrder("x")));
        Assert.Equal([0, 6, 4, 1, 7, 9, 5, 3, 2, 8], Keys(new PayloadOrder("x", Descending: true)));
        Assert.Equal([3, 5, 9, 7, 4, 1, 6, 0, 2, 8], Keys(new("x"), new("y")));

        IEnumerable<long> Keys(params PayloadOrder[] orders) => collection.Get(null, 100, new() { OrderBy = orders }).Select(r => r.Key);
    }

    [Fact]
    public async Task What_a_filter_finds_is_deleted_at_once()
    {
        var even = PayloadFilter.EqualTo("even", true);
        using (var collection = VectorCollection.Open<long>(_folder.Path, new() { Dimension = Invented.Dimension }))
        {
            collection.Upsert(Enumerable.Range(0, 100).Select(i => Invented.Record((long)i, i)));
            Assert.Equal(50, collection.DeleteWhere(even));
            Assert.Equal(0, await collection.DeleteWhereAsync(even));
            Assert.Equal(10, await collection.DeleteWhereAsync(PayloadFilter.Range("version", lessThan: 20)));
            Assert.Equal(40, collection.Count);
            // Beside writers of records with and without: what they wrote last is there or not by what it is.
            var writing = Enumerable.Range(0, 3).Select(t => Task.Run(() =>
            {
                for (int i = 0; i < 300; i++) collection.Upsert([Invented.Record(1000L + t, 2 * i), Invented.Record(2000L + t, 2 * i + 1)]);
            })).ToArray();
            while (writing.Any(w => !w.IsCompleted)) collection.DeleteWhere(even);
            await Task.WhenAll(writing);
            collection.DeleteWhere(even);
            Assert.Equal(43, collection.Count);
            Assert.Equal(0, collection.CountWhere(even));
        }
        using var again = VectorCollection.OpenReadOnly<long>(_folder.Path);
        Assert.Equal(43, again.Count);
        await Assert.ThrowsAsync<InvalidOperationException>(() => again.DeleteWhereAsync(even));
    }
}
