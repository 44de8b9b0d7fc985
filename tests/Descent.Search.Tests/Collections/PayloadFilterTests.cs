using System.Text.Json.Nodes;

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
