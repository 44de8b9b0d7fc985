using System.Text.Json.Nodes;
using Descent.Tensors;

namespace Descent.Search.Tests;

public sealed class PayloadFilterTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    // The number of the row is its key.
    static readonly string[] s_rows =
    [
        """{"price": 1, "color": "red", "maker": {"country": "se", "since": 1943}, "tags": ["a", "b"]}""",
        """{"price": 2.5, "color": "blue", "tags": []}""",
        """{"price": "2.5", "color": null, "maker": {"country": "no"}}""",
        """{"price": 9007199254740993, "color": true, "tags": [1, [2, "b"]]}""",
        """{"maker": [{"country": "dk"}, {"country": "se"}], "a.b": 5, "color": "red"}""",
        """{}""",
        """{"price": -4, "color": "Red", "maker": "x", "day": "2024-05-01"}""",
    ];

    public static TheoryData<string, PayloadFilter, int[]> Filters => new()
    {
        { """{"color": "red"}""", PayloadFilter.EqualTo("color", "red"), [0, 4] },
        { """{"color": {"eq": null}}""", PayloadFilter.EqualTo("color", null), [2] },
        { """{"color": {"$eq": true}}""", PayloadFilter.EqualTo("color", true), [3] },
        { """{"color": {"ne": "red"}}""", PayloadFilter.NotEqualTo("color", "red"), [1, 2, 3, 5, 6] },
        { """{"color": {"in": ["red", "blue", null]}}""", PayloadFilter.In("color", "red", "blue", null), [0, 1, 2, 4] },
        { """{"color": {"nin": ["red", "blue", null]}}""", !PayloadFilter.In("color", "red", "blue", null), [3, 5, 6] },
        { """{"price": {"gte": 1, "lt": 2.5}}""", PayloadFilter.Range("price", atLeast: 1, lessThan: 2.5), [0] },
        { """{"price": {"gt": 1, "lte": 2.5}}""", PayloadFilter.Range("price", moreThan: 1, atMost: 2.5), [1] },
        { """{"price": {"gt": "2"}}""", PayloadFilter.Range("price", moreThan: "2"), [2] },
        { """{"price": 2.5}""", PayloadFilter.EqualTo("price", 2.5), [1] },
        { """{"price": 1.0}""", PayloadFilter.EqualTo("price", 1), [0] },
        { """{"price": 9007199254740993}""", PayloadFilter.EqualTo("price", 9007199254740993), [3] },
        { """{"price": 9007199254740992}""", PayloadFilter.EqualTo("price", 9007199254740992L), [] },
        { """{"day": {"gte": "2024-04-30", "lt": "2024-06"}}""", PayloadFilter.Range("day", atLeast: "2024-04-30", lessThan: "2024-06"), [6] },
        { """{"maker.country": "se"}""", PayloadFilter.EqualTo("maker.country", "se"), [0, 4] },
        { """{"maker": {"exists": true}}""", PayloadFilter.Exists("maker"), [0, 2, 4, 6] },
        { """{"maker.since": {"exists": false}}""", !PayloadFilter.Exists("maker.since"), [1, 2, 3, 4, 5, 6] },
        { """{"tags": "b"}""", PayloadFilter.EqualTo("tags", "b"), [0, 3] },
        { """{"tags": {"exists": true}}""", PayloadFilter.Exists("tags"), [0, 1, 3] },
        { """{"a\\.b": 5}""", PayloadFilter.EqualTo(@"a\.b", 5), [4] },
        { """{"$or": [{"color": "blue"}, {"price": {"lt": 0}}]}""", PayloadFilter.EqualTo("color", "blue") | PayloadFilter.Range("price", lessThan: 0), [1, 6] },
        { """{"$and": [{"color": "red"}, {"price": {"exists": true}}]}""", PayloadFilter.EqualTo("color", "red") & PayloadFilter.Exists("price"), [0] },
        { """{"color": "red", "maker.country": "dk"}""", PayloadFilter.All(PayloadFilter.EqualTo("color", "red"), PayloadFilter.EqualTo("maker.country", "dk")), [4] },
        { """{"$not": {"$or": [{"color": "red"}, {"price": {"exists": true}}]}}""", !(PayloadFilter.EqualTo("color", "red") | PayloadFilter.Exists("price")), [5] },
        { """{}""", PayloadFilter.All(), [0, 1, 2, 3, 4, 5, 6] },
        { """{"$or": []}""", PayloadFilter.Any(), [] },
    };

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Filters))]
    public void A_filter_and_its_text_find_the_rows_for_which_they_hold(string text, PayloadFilter filter, int[] expected)
    {
        using var collection = VectorCollection.Open<long>(_folder.Path, new() { Dimension = 1 });
        // Before there are any columns, and after.
        Fill(collection, 0, 3);
        Assert.Equal(expected.Where(row => row < 3), Find(filter));
        Fill(collection, 3, s_rows.Length);
        collection.Upsert(99, new float[1], new() { ["color"] = "red", ["price"] = 1, ["tags"] = new JsonArray("b", "c") });
        collection.Delete(99);
        Assert.Equal(expected, Find(filter));
        Assert.Equal(expected, Find(PayloadFilter.Parse(text)));

        int[] Find(PayloadFilter by) => [.. collection.Search([1], 100, new() { Filter = by }).Select(h => (int)h.Key).Order()];
    }

    [Fact]
    public void A_payload_that_is_replaced_is_found_by_what_it_is_now()
    {
        using var collection = VectorCollection.Open<long>(_folder.Path, new() { Dimension = 1 });
        Fill(collection, 0, s_rows.Length);
        Assert.Equal(2, collection.CountWhere(PayloadFilter.EqualTo("tags", "b")));
        collection.Upsert(0, new float[1], new() { ["tags"] = "c" });
        collection.Upsert(5, new float[1], new() { ["tags"] = new JsonArray("c", "b") });
        Assert.Equal([3, 5], collection.Records(PayloadFilter.EqualTo("tags", "b")).Select(r => r.Key));
        Assert.Equal([0, 5], collection.Records(PayloadFilter.EqualTo("tags", "c")).Select(r => r.Key));
    }

    /// <summary>A filter beside a plain way to say the same of a payload.</summary>
    sealed record Said(PayloadFilter Filter, Predicate<JsonObject> Holds);

    static readonly object?[] s_values = [null, true, false, -3.5, -3.0, -1e-300, 0.0, 2.5, 7.0, 1e20, -1e20, 9007199254740992.0, "", "a", "abc", "b", "2024-05-01", "2024-06"];

    [Fact]
    public void Filters_find_what_asking_each_payload_finds_whatever_comes_and_goes()
    {
        var random = new Generator(31);
        using var collection = VectorCollection.Open<long>(_folder.Path, new() { Dimension = 1 });
        var payloads = new Dictionary<long, JsonObject>();
        for (int round = 0; round < 60; round++)
        {
            foreach (long key in Enumerable.Range(0, 40).Select(_ => random.NextInt64(0, 500)).Distinct().ToArray())
            {
                if (random.NextInt64(0, 4) == 0)
                {
                    Assert.Equal(payloads.Remove(key), collection.Delete(key));
                    continue;
                }
                var payload = new JsonObject();
                foreach (string path in (string[])["x", "y"])
                    if (random.NextInt64(0, 6) > 0) payload[path] = random.NextInt64(0, 3) > 0 ? One(random) : new JsonArray([.. Enumerable.Range(0, (int)random.NextInt64(0, 4)).Select(_ => One(random))]);
                payloads[key] = payload;
                collection.Upsert(key, new float[1], payload);
            }
            for (int i = 0; i < 15; i++)
            {
                var said = Say(random, 3);
                Assert.Equal(payloads.Where(p => said.Holds(p.Value)).Select(p => p.Key).Order(), collection.Records(said.Filter).Select(r => r.Key).Order());
            }
        }
    }

    static JsonNode? One(Generator random) => s_values[random.NextInt64(0, s_values.Length)] switch
    {
        null => null,
        bool value => JsonValue.Create(value),
        double value => JsonValue.Create(value),
        var text => JsonValue.Create((string)text),
    };

    static Said Say(Generator random, int depth)
    {
        if (depth > 0 && random.NextInt64(0, 2) == 0)
        {
            var (a, b) = (Say(random, depth - 1), Say(random, depth - 1));
            return random.NextInt64(0, 3) switch
            {
                0 => new(a.Filter & b.Filter, x => a.Holds(x) && b.Holds(x)),
                1 => new(a.Filter | b.Filter, x => a.Holds(x) || b.Holds(x)),
                _ => new(!a.Filter, x => !a.Holds(x)),
            };
        }
        string path = random.NextInt64(0, 2) == 0 ? "x" : "y";
        object? one = s_values[random.NextInt64(0, s_values.Length)], two = s_values[random.NextInt64(0, s_values.Length)];
        return random.NextInt64(0, 4) switch
        {
            0 => new(PayloadFilter.EqualTo(path, Value(one)), x => Found(x, path).Any(v => Equals(v, one))),
            1 => new(PayloadFilter.In(path, Value(one), Value(two)), x => Found(x, path).Any(v => Equals(v, one) || Equals(v, two))),
            2 => new(PayloadFilter.Exists(path), x => x.ContainsKey(path)),
            _ when one is double or string && two is double or string => new(PayloadFilter.Range(path, atLeast: Value(one), lessThan: Value(two)),
                x => Found(x, path).Any(v => Order(v, one) >= 0 && Order(v, two) < 0)),
            _ when one is double or string => new(PayloadFilter.Range(path, moreThan: Value(one)), x => Found(x, path).Any(v => Order(v, one) > 0)),
            _ => new(PayloadFilter.NotEqualTo(path, Value(one)), x => !Found(x, path).Any(v => Equals(v, one))),
        };
    }

    static PayloadValue Value(object? value) => value switch { null => PayloadValue.Null, bool truth => truth, double number => number, _ => (string)value };

    static IEnumerable<object?> Found(JsonObject payload, string path) =>
        !payload.TryGetPropertyValue(path, out var node) ? [] : node is JsonArray many ? many.Select(Plain) : [Plain(node)];

    static object? Plain(JsonNode? node) => node?.GetValueKind() switch
    {
        null => null,
        System.Text.Json.JsonValueKind.String => node.GetValue<string>(),
        System.Text.Json.JsonValueKind.Number => node.GetValue<double>(),
        _ => node.GetValue<bool>(),
    };

    static int? Order(object? value, object? bound) => (value, bound) switch
    {
        (double a, double b) => a.CompareTo(b),
        (string a, string b) => string.CompareOrdinal(a, b),
        _ => null,
    };

    [Fact]
    public void Ranges_of_thousands_of_texts_find_those_between_them_and_those_that_came_since()
    {
        using var collection = VectorCollection.Open<long>(_folder.Path, new() { Dimension = 1 });
        var times = new Dictionary<long, string>();
        for (int round = 0; round < 4; round++)
        {
            foreach (int i in Enumerable.Range(1000 * round, 1500)) times[i] = new DateTime(2024, 1, 1).AddSeconds(i * 7919L % 100_000 * 300 + round).ToString("s", System.Globalization.CultureInfo.InvariantCulture);
            collection.Upsert(times.Where(t => t.Key >= 1000 * round).Select(t => new CollectionRecord<long>(t.Key, new float[1], new JsonObject { ["time"] = t.Value })));
            foreach (var (from, to) in new[] { ("2024-03", "2024-05"), ("2024-05-01T10", "2024-05-02"), ("2025", "2026"), ("2023", "2023-12"), ("2024-05", "2024-03") })
                Assert.Equal(times.Where(t => string.CompareOrdinal(t.Value, from) >= 0 && string.CompareOrdinal(t.Value, to) < 0).Select(t => t.Key).Order(),
                    collection.Records(PayloadFilter.Range("time", atLeast: from, lessThan: to)).Select(r => r.Key).Order());
        }
    }

    [Fact]
    public async Task Columns_that_are_made_while_others_write_hold_what_they_wrote()
    {
        using var collection = VectorCollection.Open<long>(_folder.Path, new() { Dimension = 1 });
        collection.Upsert(Enumerable.Range(0, 3000).Select(i => Numbered(i, 0)));
        using var done = new CancellationTokenSource();
        var writing = Task.Run(() =>
        {
            for (int version = 1; !done.IsCancellationRequested; version++)
            {
                collection.Upsert(Enumerable.Range(version * 7 % 2000, 50).Select(i => Numbered(i, version)));
                collection.Delete(3000 - version % 500);
            }
        });
        for (int i = 0; i < 200; i++)
        {
            // Each asks for a column that nobody has asked for.
            foreach (var record in collection.Records(PayloadFilter.Range($"p{i}", atLeast: 1))) Assert.NotEqual(0, (int)record.Payload["version"]!);
        }
        await done.CancelAsync();
        await writing;
        for (int i = 0; i < 200; i += 17)
            Assert.Equal(collection.Records().Where(r => (int)r.Payload["version"]! % 2 == 1).Select(r => r.Key), collection.Records(PayloadFilter.EqualTo($"odd{i}", true)).Select(r => r.Key));

        static CollectionRecord<long> Numbered(int i, int version)
        {
            var payload = new JsonObject { ["version"] = version };
            for (int p = 0; p < 200; p += 1) payload[$"p{p}"] = version;
            for (int p = 0; p < 200; p += 17) payload[$"odd{p}"] = version % 2 == 1;
            return new(i, new float[1], payload);
        }
    }

    [Fact]
    public void More_paths_than_columns_are_kept_may_be_asked_for()
    {
        using var collection = VectorCollection.Open<long>(_folder.Path, new() { Dimension = 1 });
        collection.Upsert(Enumerable.Range(0, 100).Select(i => new CollectionRecord<long>(i, new float[1], new JsonObject { [$"p{i}"] = i })));
        for (int round = 0; round < 2; round++)
            for (int i = 0; i < 100; i++) Assert.Equal(i, collection.Records(PayloadFilter.Exists($"p{i}")).Single().Key);
    }

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("[]", "expected an object")]
    [InlineData("""{"$xor": []}""", "$xor is no operator")]
    [InlineData("""{"$or": {}}""", "expected an array of filters")]
    [InlineData("""{"a": {"between": [1, 2]}}""", "between of a is no condition")]
    [InlineData("""{"a": {"in": 3}}""", "expected an array")]
    [InlineData("""{"a": [1]}""", "expected a text, a number")]
    [InlineData("""{"a": {"gt": null}}""", "expected a number or a text")]
    [InlineData("""{"a": {"exists": 1}}""", "expected true or false")]
    [InlineData("""{"a": {}}""", "no condition")]
    [InlineData("""{"a": 1, "a": 2}""", "no JSON")]
    public void A_text_that_is_no_filter_is_refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => PayloadFilter.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_range_needs_bounds_that_have_an_order()
    {
        Assert.Throws<ArgumentException>(() => PayloadFilter.Range("a"));
        Assert.Throws<ArgumentException>(() => PayloadFilter.Range("a", atLeast: true));
    }

    static void Fill(VectorCollection<long> collection, int from, int to) =>
        collection.Upsert(Enumerable.Range(from, to - from).Select(i => CollectionRecord.Create<long>(i, new float[] { i }, System.Text.Encoding.UTF8.GetBytes(s_rows[i]))));
}
