using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Descent.Tensors;

namespace Descent.Search.Tests;

public sealed partial class VectorCollectionTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Cases => CollectionCase.Names;

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Cases))]
    public void What_is_written_is_there_whenever_it_is_opened_again(string name) => Change(name, static i => $"key {i}");

    [Theory, MemberData(nameof(Cases))]
    public void Keys_may_be_numbers(string name) => Change(name, static i => i * 7_000_000_000 - 3);

    /// <summary>Changes as chance will have them, beside a dictionary; opened again and again.</summary>
    void Change<TKey>(string name, Func<long, TKey> key) where TKey : notnull
    {
        var options = CollectionCase.All[name].Options;
        var expected = new Dictionary<TKey, long>();
        var random = new Generator(5);
        long version = 0;
        for (int session = 0; session < 4; session++)
        {
            using var collection = VectorCollection.Open<TKey>(_folder.Path, session == 0 ? options : options with { Dimension = null });
            Compare(collection, expected);
            for (int step = 0; step < 60; step++)
            {
                TKey[] keys = [.. Enumerable.Range(0, (int)random.NextInt64(1, 9)).Select(_ => key(random.NextInt64(0, 150)))];
                switch (random.NextInt64(0, 5))
                {
                    case 0:
                        Assert.Equal(expected.Remove(keys[0]), collection.Delete(keys[0]));
                        break;
                    case 1:
                        Assert.Equal(keys.Distinct().Count(expected.Remove), collection.Delete(keys));
                        break;
                    case 2:
                        collection.Upsert(keys[0], Invented.Vector(keys[0], ++version), Invented.Payload(keys[0], version));
                        expected[keys[0]] = version;
                        break;
                    default:
                        collection.Upsert([.. keys.Select(k => Invented.Record(k, expected[k] = ++version))]);
                        break;
                }
            }
            Compare(collection, expected);
            if (session == 2) collection.CompactAsync().GetAwaiter().GetResult();
        }
    }

    static void Compare<TKey>(VectorCollection<TKey> collection, Dictionary<TKey, long> expected) where TKey : notnull
    {
        Assert.Equal(expected.Count, collection.Count);
        var records = collection.Records(includeVectors: true).ToArray();
        Assert.Equal(expected.OrderBy(e => e.Value), records.Select(r => KeyValuePair.Create(r.Key, Invented.Check(r))));
        foreach (var (key, version) in expected)
        {
            Assert.Equal(version, Invented.Check(collection.Get(key, includeVector: true)!));
            if (collection.Metric is VectorMetric.InnerProduct or VectorMetric.Hamming) continue;
            Assert.Equal(key, collection.Search(Invented.Vector(key, version), 1)[0].Key);
        }
        if (expected.Count > 0) Assert.Equal(expected.Keys.ToHashSet(), collection.Search(new float[Invented.Dimension], 1000, new() { Ef = 1000 }).Select(h => h.Key).ToHashSet());
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_search_finds_what_measuring_all_finds(string name)
    {
        using var collection = VectorCollection.Open<long>(_folder.Path, CollectionCase.All[name].Options);
        collection.Upsert(Enumerable.Range(0, 600).Select(i => Invented.Record((long)i, i)));
        // Some that are replaced and gone, which the index knows still.
        collection.Upsert(Enumerable.Range(0, 100).Select(i => Invented.Record((long)i, 1000 + i)));
        collection.Delete(Enumerable.Range(100, 100).Select(i => (long)i));
        using var all = new FlatIndex(collection.Dimension, collection.Metric, collection.Elements);
        foreach (var record in collection.Records(includeVectors: true)) all.Add(record.Key, record.Vector.Span);
        foreach (var filter in new[] { null, PayloadFilter.EqualTo("even", true), PayloadFilter.Range("version", atLeast: 300, lessThan: 330), PayloadFilter.Range("version", moreThan: 5000) })
            for (int q = 0; q < 20; q++)
            {
                float[] query = Invented.Vector("query", q);
                HashSet<long> passing = [.. collection.Records(filter).Select(r => r.Key)];
                var expected = all.Search(query, 10, new() { Filter = passing.Contains });
                var hits = collection.Search(query, 10, new() { Filter = filter, Ef = 400 });
                Assert.Equal(expected.Select(n => n.Distance), hits.Select(h => h.Distance));
                Assert.All(hits, hit => Assert.Contains(hit.Key, passing));
                Assert.Equal(passing.Count, filter is null ? collection.Count : collection.CountWhere(filter));
            }
    }

    [Fact]
    public void Scores_are_larger_for_what_is_nearer()
    {
        foreach (var metric in new[] { VectorMetric.Cosine, VectorMetric.InnerProduct, VectorMetric.SquaredEuclidean })
        {
            using var collection = VectorCollection.Open<string>(_folder.At(metric.ToString()), new() { Dimension = 2, Metric = metric });
            collection.Upsert("x", new float[] { 2, 0 });
            collection.Upsert("y", new float[] { 0, 3 });
            var hits = collection.Search([1, 0], 2, new() { IncludeVectors = true });
            Assert.Equal(["x", "y"], hits.Select(h => h.Key));
            Assert.Equal([2, 0], hits[0].Record.Vector.ToArray());
            Assert.Equal(metric switch { VectorMetric.Cosine => [1f, 0f], VectorMetric.InnerProduct => [2, 0], _ => [-1f, -10f] }, hits.Select(h => h.Score));
        }
    }

    [Fact]
    public async Task Many_threads_write_and_search_at_once()
    {
        using var collection = VectorCollection.Open<string>(_folder.Path, new() { Dimension = Invented.Dimension, ExactUpTo = 100, CompactAt = 1 << 14 });
        const int writers = 6, each = 200;
        using var done = new CountdownEvent(writers);
        var writing = Enumerable.Range(0, writers).Select(w => Task.Factory.StartNew(() =>
        {
            for (int i = 0; i < each; i++)
            {
                collection.Upsert([Invented.Record($"{w} {i % 50} a", i), Invented.Record($"{w} {i % 50} b", i)]);
                Assert.Equal(i, Invented.Check(collection.Get($"{w} {i % 50} a", true)!));
                if (i % 7 == 0) Assert.Equal(2, collection.Delete([$"{w} {i % 50} a", $"{w} {i % 50} b"]));
            }
            done.Signal();
        }, TaskCreationOptions.LongRunning)).ToArray();
        var reading = Enumerable.Range(0, 2).Select(r => Task.Factory.StartNew(() =>
        {
            while (!done.IsSet)
                foreach (var hit in collection.Search(Invented.Vector("query", r), 10, new() { IncludeVectors = true, Filter = PayloadFilter.EqualTo("even", true) }))
                    Assert.Equal(0, Invented.Check(hit.Record) % 2);
        }, TaskCreationOptions.LongRunning)).ToArray();
        await Task.WhenAll([.. writing, .. reading]);
        var pairs = collection.Records().GroupBy(r => r.Key[..^1]).ToArray();
        Assert.All(pairs, pair => Assert.Equal(2, pair.Count()));
        Assert.Equal(writers * 50 - Enumerable.Range(150, 50).Count(i => i % 7 == 0) * writers, pairs.Length);
    }

    public sealed record Product(string Name, double Price, string[] Tags);

    [JsonSerializable(typeof(Product)), JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    sealed partial class ProductContext : JsonSerializerContext;

    [Fact]
    public void Payloads_may_be_values_of_types()
    {
        var product = new Product("lamp", 12.5, ["new", "red"]);
        using (var collection = VectorCollection.Open<long>(_folder.Path, new() { Dimension = 1 }))
            collection.Upsert([CollectionRecord.Create(1L, new float[] { 1 }, product, ProductContext.Default.Product), CollectionRecord.Create<long>(2, new float[] { 1 }, """{"name":"x"}"""u8)]);
        using var again = VectorCollection.Open<long>(_folder.Path);
        Assert.Equivalent(product, again.Get(1)!.Get(ProductContext.Default.Product));
        Assert.Equal(1, again.Search([1], 5, new() { Filter = PayloadFilter.EqualTo("tags", "red") }).Single().Key);
        Assert.Throws<ArgumentException>(() => CollectionRecord.Create<long>(2, new float[] { 1 }, "[1]"u8));
        Assert.Throws<ArgumentException>(() => CollectionRecord.Create<long>(2, new float[] { 1 }, """{"a":1,"a":2}"""u8));
    }

    [Fact]
    public void Wrong_calls_say_what_is_wrong()
    {
        Assert.Contains("Dimension", Assert.Throws<ArgumentException>(() => VectorCollection.Open<string>(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => VectorCollection.Open<Guid>(_folder.Path));
        Assert.Throws<FileNotFoundException>(() => VectorCollection.OpenReadOnly<string>(_folder.Path));
        using (var collection = VectorCollection.Open<string>(_folder.Path, new() { Dimension = 2 }))
        {
            Assert.Contains("3 elements", Assert.Throws<ArgumentException>(() => collection.Upsert("a", new float[3])).Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => collection.Upsert("a", new float[] { 0, float.NaN }));
            Assert.Throws<ArgumentException>(() => collection.Upsert("\ud800", new float[2]));
            Assert.Throws<ArgumentException>(() => collection.Upsert(new string('x', 5000), new float[2]));
            Assert.Throws<ArgumentException>(() => collection.Search([1], 3));
            Assert.Throws<ArgumentOutOfRangeException>(() => collection.Search([1, 1], 0));
            Assert.Throws<OperationCanceledException>(() => { collection.DeleteAsync("a", new(true)).GetAwaiter().GetResult(); });
            Assert.Equal(0, collection.Count);
            Assert.Null(collection.Get("a"));
            Assert.Empty(collection.Search([1, 1], 3));
        }
        Assert.Contains("string", Assert.Throws<ArgumentException>(() => VectorCollection.Open<long>(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("Metric", Assert.Throws<ArgumentException>(() => VectorCollection.Open<string>(_folder.Path, new() { Metric = VectorMetric.InnerProduct })).Message, StringComparison.Ordinal);
        Assert.True(VectorCollection.Exists(_folder.Path));
        Assert.True(VectorCollection.Delete(_folder.Path));
        Assert.False(VectorCollection.Delete(_folder.Path));
        Assert.False(Directory.Exists(_folder.Path));
    }

    [Fact]
    public void A_closed_collection_takes_nothing()
    {
        var collection = VectorCollection.Open<string>(_folder.Path, new() { Dimension = 2 });
        collection.Dispose();
        collection.Dispose();
        Assert.Throws<ObjectDisposedException>(() => collection.Upsert("a", new float[2]));
        Assert.Throws<ObjectDisposedException>(() => collection.Search([1, 2], 1));
        Assert.Throws<ObjectDisposedException>(() => collection.Get("a"));
        Assert.Throws<ObjectDisposedException>(() => collection.Count);
    }

    [Fact]
    public void Payloads_keep_their_text_and_what_is_no_json_is_refused()
    {
        using var collection = VectorCollection.Open<string>(_folder.Path, new() { Dimension = 1 });
        var time = new DateTimeOffset(2024, 5, 1, 10, 0, 0, TimeSpan.Zero);
        var id = Guid.NewGuid();
        collection.Upsert("a", new float[1], new() { ["text"] = "ü + <数> \"q\"", ["time"] = time, ["utc"] = time.UtcDateTime, ["day"] = JsonValue.Create(new DateOnly(2024, 5, 1)), ["id"] = id });
        Assert.Equal("a " + collection.Get("a")!.Payload.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), collection.Get("a")!.ToString());
        Assert.Contains("ü + <数>", collection.Get("a")!.ToString(), StringComparison.Ordinal);
        foreach (var filter in new[] { PayloadFilter.EqualTo("time", time), PayloadFilter.EqualTo("utc", time.UtcDateTime), PayloadFilter.EqualTo("day", new DateOnly(2024, 5, 1)), PayloadFilter.EqualTo("id", id),
            PayloadFilter.Range("time", atLeast: time.AddDays(-1), lessThan: time.AddMilliseconds(1)), PayloadFilter.Range("utc", moreThan: time.UtcDateTime.AddDays(-1)) })
            Assert.Equal(1, collection.CountWhere(filter));
        Assert.Equal(0, collection.CountWhere(PayloadFilter.Range("time", moreThan: time)));
        Assert.Contains("payload", Assert.Throws<ArgumentException>(() => collection.Upsert("b", new float[1], new() { ["x"] = double.NaN })).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder.At("file"), "");
        Assert.Contains("is a file", Assert.Throws<IOException>(() => VectorCollection.Open<string>(_folder.At("file"), new() { Dimension = 1 })).Message, StringComparison.Ordinal);
    }
}
