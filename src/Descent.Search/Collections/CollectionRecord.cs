using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Descent.Search;

/// <summary>A vector under a key, with a payload: a JSON object.</summary>
/// <typeparam name="TKey"><see cref="string"/> or <see cref="long"/>.</typeparam>
public sealed class CollectionRecord<TKey> where TKey : notnull
{
    /// <summary>A record to store, with a payload that is built or none.</summary>
    /// <exception cref="ArgumentException">The payload takes more than 16 MiB.</exception>
    public CollectionRecord(TKey key, ReadOnlyMemory<float> vector, JsonObject? payload = null)
        : this(key, vector, PayloadJson.Write(payload))
    {
    }

    internal CollectionRecord(TKey key, ReadOnlyMemory<float> vector, byte[] payload) => (Key, Vector, PayloadBytes) = (key, vector, payload);

    /// <summary>The caller's name for it.</summary>
    public TKey Key { get; }

    /// <summary>As it was given, whatever the index makes of it; empty where it was not asked for.</summary>
    public ReadOnlyMemory<float> Vector { get; }

    /// <summary>The payload as UTF-8.</summary>
    public ReadOnlyMemory<byte> PayloadUtf8 => PayloadBytes;

    /// <summary>The payload, read anew each time: what is changed in it is not stored.</summary>
    public JsonObject Payload => (JsonObject)JsonNode.Parse(PayloadBytes)!;

    internal byte[] PayloadBytes { get; }

    /// <summary>Key and payload.</summary>
    public override string ToString() => $"{Key} {Encoding.UTF8.GetString(PayloadBytes)}";

    /// <summary>The payload as a type of the caller's.</summary>
    /// <exception cref="JsonException">The payload does not fit the type.</exception>
    public T? Get<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(PayloadBytes, type);
}

/// <summary>Records from payloads in other forms.</summary>
public static class CollectionRecord
{
    /// <summary>A record with a value as payload.</summary>
    /// <param name="type">How the value is written, from a source-generated context; it must become a JSON object.</param>
    /// <exception cref="ArgumentException">The value does not become a JSON object, or one of more than 16 MiB.</exception>
    public static CollectionRecord<TKey> Create<TKey, T>(TKey key, ReadOnlyMemory<float> vector, T value, JsonTypeInfo<T> type) where TKey : notnull =>
        new(key, vector, PayloadJson.Check(JsonSerializer.SerializeToUtf8Bytes(value, type)));

    /// <summary>A record with a payload that is JSON already.</summary>
    /// <param name="json">A JSON object as UTF-8, no name twice in one object.</param>
    /// <exception cref="ArgumentException">The bytes are no JSON object, or more than 16 MiB.</exception>
    public static CollectionRecord<TKey> Create<TKey>(TKey key, ReadOnlyMemory<float> vector, ReadOnlySpan<byte> json) where TKey : notnull =>
        new(key, vector, PayloadJson.Check(json.ToArray()));
}
