using System.Text.Json.Nodes;
using Descent.Tensors;

namespace Descent.Search.Tests;

/// <summary>Records whose vector and payload follow from the key and a version, so that what is read can be checked without being remembered.</summary>
static class Invented
{
    internal const int Dimension = 8;

    internal static CollectionRecord<TKey> Record<TKey>(TKey key, long version) where TKey : notnull => new(key, Vector(key, version), Payload(key, version));

    internal static float[] Vector<TKey>(TKey key, long version, int dimension = Dimension) where TKey : notnull
    {
        float[] vector = new float[dimension];
        new Generator((ulong)version, Hash(key)).Normal(vector);
        return vector;
    }

    internal static JsonObject Payload<TKey>(TKey key, long version) where TKey : notnull => new()
    {
        ["key"] = key.ToString(),
        ["version"] = version,
        ["even"] = version % 2 == 0,
        ["fill"] = new string((char)('a' + version % 26), (int)(version % 97)),
    };

    /// <summary>The version of a record, if all of it is of one.</summary>
    internal static long Check<TKey>(CollectionRecord<TKey> record) where TKey : notnull
    {
        long version = (long)record.Payload["version"]!;
        Assert.True(JsonNode.DeepEquals(Payload(record.Key, version), record.Payload), $"{record.Key}: {record.Payload}");
        Assert.Equal(Vector(record.Key, version, record.Vector.Length), record.Vector.ToArray());
        return version;
    }

    static ulong Hash<TKey>(TKey key) where TKey : notnull => key switch
    {
        long number => (ulong)number,
        _ => key.ToString()!.Aggregate(17UL, (hash, c) => hash * 31 + c),
    };
}
