using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace Descent.Search.Tests.Documentation;

/// <summary>The examples of the page on collections, as they stand there.</summary>
public sealed partial class CollectionsSnippets : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_collection_is_filled_searched_and_opened_again()
    {
        string folder = _folder.Path;
        using (var shop = VectorCollection.Open<string>(folder, new() { Dimension = 3 }))
        {
            shop.Upsert("lamp", new float[] { 0.9f, 0.1f, 0 }, new() { ["price"] = 12.5, ["color"] = "red" });
            shop.Upsert("chair", new float[] { 0.1f, 0.9f, 0 }, new() { ["price"] = 80, ["color"] = "red" });
            shop.Upsert("candle", new float[] { 0.8f, 0.3f, 0.1f }, new() { ["price"] = 3, ["color"] = "white" });

            foreach (var hit in shop.Search([1, 0, 0], k: 2))
                Console.WriteLine($"{hit.Key}: {hit.Score:0.00}, {hit.Record.Payload["price"]}");
            Assert.Equal(["lamp", "candle"], shop.Search([1, 0, 0], 2).Select(h => h.Key));

            var cheap = PayloadFilter.Range("price", lessThan: 50) & !PayloadFilter.EqualTo("color", "white");
            var hits = shop.Search([1, 0, 0], k: 2, new() { Filter = cheap, IncludeVectors = true });
            Assert.Equal("lamp", hits.Single().Key);

            var parsed = PayloadFilter.Parse("""{"price": {"lt": 50}, "$not": {"color": "white"}}""");
            Assert.Equal("lamp", shop.Search([1, 0, 0], 2, new() { Filter = parsed }).Single().Key);

            var dearest = shop.Get(PayloadFilter.EqualTo("color", "red"), top: 10, new() { OrderBy = [new("price", Descending: true)], Skip = 0 });
            int removed = shop.DeleteWhere(PayloadFilter.Range("price", lessThan: 5));
            Assert.Equal(["chair", "lamp"], dearest.Select(r => r.Key));
            Assert.Equal(1, removed);
        }

        await Texts(_folder.At("notes"), new WordCounts());

        using (var shop = VectorCollection.Open<string>(folder))
        using (var reader = VectorCollection.OpenReadOnly<string>(folder))
        {
            shop.Delete("lamp");
            Console.WriteLine(reader.Contains("lamp"));    // True: as of when it was opened
            reader.Refresh();
            Console.WriteLine(reader.Contains("lamp"));    // False
            Assert.False(reader.Contains("lamp"));

            Assert.Equal(new Product("table", 150), Typed(shop));
        }
    }

    static Product? Typed(VectorCollection<string> shop)
    {
        shop.Upsert([CollectionRecord.Create("table", new float[] { 0, 1, 0 }, new Product("table", 150), ShopJson.Default.Product)]);
        Product? table = shop.Get("table")!.Get(ShopJson.Default.Product);
        return table;
    }

    static async Task Texts(string folder, IEmbeddingGenerator<string, Embedding<float>> generator)
    {
        using var notes = VectorCollection.Open<long>(folder, new() { Embeddings = generator });
        await notes.UpsertTextAsync(1, "the cat sat on the mat");
        await notes.UpsertTextAsync(2, "the bank raised the rate", new() { ["year"] = 2022 });
        var hits = await notes.SearchTextAsync("where is the cat", k: 1);
        Assert.Equal(1, hits.Single().Key);
    }

    public sealed record Product(string Name, double Price);

    [JsonSerializable(typeof(Product))]
    sealed partial class ShopJson : JsonSerializerContext;
}
