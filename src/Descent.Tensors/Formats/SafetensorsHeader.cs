using System.Text.Json;

namespace Descent.Tensors.Formats;

/// <summary>The JSON header: <c>name → {dtype, shape, data_offsets}</c>, and strings under <c>__metadata__</c>.</summary>
ref struct SafetensorsHeader
{
    internal const int PrefixBytes = 8;

    /// <summary>The limit of the format's own library; a header of a hundred thousand tensors is a tenth of it.</summary>
    internal const int MaxBytes = 100_000_000;

    const int MaxRank = 64;

    readonly string _file;
    readonly long _dataBytes;
    Utf8JsonReader _json;

    SafetensorsHeader(string file, ReadOnlySpan<byte> json, long dataBytes)
    {
        (_file, _dataBytes) = (file, dataBytes);
        _json = new(json, new JsonReaderOptions { MaxDepth = 4 });
    }

    internal static (OrderedDictionary<string, SafetensorsEntry> Entries, OrderedDictionary<string, string> Metadata) Parse(
        string file, ReadOnlySpan<byte> json, long dataBytes)
    {
        if (json.Length == 0 || json[0] != (byte)'{') throw Damage.At(file, PrefixBytes, "the header does not start with '{'.");
        var header = new SafetensorsHeader(file, json, dataBytes);
        try
        {
            return header.ReadAll();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string of bytes that are no UTF-8, or of half a surrogate pair.
            throw Damage.At(file, header.Position, $"the header is no valid JSON. {error.Message}", error);
        }
    }

    readonly long Position => PrefixBytes + _json.TokenStartIndex;

    (OrderedDictionary<string, SafetensorsEntry>, OrderedDictionary<string, string>) ReadAll()
    {
        var entries = new OrderedDictionary<string, SafetensorsEntry>();
        var metadata = new OrderedDictionary<string, string>();
        bool hasMetadata = false;
        Expect(JsonTokenType.StartObject, "an object");
        while (NextName() is { } name)
        {
            long at = Position;
            if (name == "__metadata__")
            {
                if (hasMetadata) throw Damage.At(_file, at, "the name \"__metadata__\" occurs twice.");
                hasMetadata = true;
                ReadMetadata(metadata);
            }
            else if (!entries.TryAdd(name, ReadEntry(name, at)))
                throw Damage.At(_file, at, $"the name {Damage.Quote(name)} occurs twice.");
        }
        if (_json.Read()) throw Damage.At(_file, Position, "something follows the header's object.");
        CheckLayout(entries);
        return (entries, metadata);
    }

    void ReadMetadata(OrderedDictionary<string, string> metadata)
    {
        Expect(JsonTokenType.StartObject, "an object");
        while (NextName() is { } key)
        {
            long at = Position;
            Expect(JsonTokenType.String, "a string");
            if (!metadata.TryAdd(key, _json.GetString()!))
                throw Damage.At(_file, at, $"the metadata key {Damage.Quote(key)} occurs twice.");
        }
    }

    SafetensorsEntry ReadEntry(string name, long at)
    {
        string? type = null;
        int[]? sizes = null;
        (long Begin, long End)? range = null;
        Expect(JsonTokenType.StartObject, "an object");
        while (NextName() is { } key)
        {
            long here = Position;
            bool isFirst;
            switch (key)
            {
                case "dtype":
                    isFirst = type is null;
                    Expect(JsonTokenType.String, "a string");
                    type = _json.GetString()!;
                    break;
                case "shape":
                    isFirst = sizes is null;
                    sizes = ReadSizes();
                    break;
                case "data_offsets":
                    isFirst = range is null;
                    range = ReadRange(name);
                    break;
                default:
                    throw Damage.At(_file, here, $"tensor {Damage.Quote(name)} has the field {Damage.Quote(key)}. Expected dtype, shape and data_offsets.");
            }
            if (!isFirst) throw Damage.At(_file, here, $"tensor {Damage.Quote(name)} has {key} twice.");
        }
        if (type is null || sizes is null || range is not { } r)
            throw Damage.At(_file, at, $"tensor {Damage.Quote(name)} lacks one of dtype, shape and data_offsets.");
        CheckSize(name, at, type, sizes, r.End - r.Begin);
        return new(name, type, sizes, r.Begin, r.End, at);
    }

    int[] ReadSizes()
    {
        var sizes = new List<int>(4);
        Expect(JsonTokenType.StartArray, "an array");
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt32(out int size) || size < 0)
                throw Damage.At(_file, Position, $"a size of a shape is no integer from 0 to {int.MaxValue}.");
            if (sizes.Count == MaxRank) throw Damage.At(_file, Position, $"a shape has more than {MaxRank} dimensions.");
            sizes.Add(size);
        }
        return [.. sizes];
    }

    (long, long) ReadRange(string name)
    {
        Expect(JsonTokenType.StartArray, "an array");
        long begin = ReadOffset(), end = ReadOffset();
        if (begin > end || end > _dataBytes)
            throw Damage.At(_file, Position, $"tensor {Damage.Quote(name)} lies at {begin} to {end}, but there are {_dataBytes} bytes of data.");
        Expect(JsonTokenType.EndArray, "the end of an array of two");
        return (begin, end);
    }

    long ReadOffset()
    {
        Expect(JsonTokenType.Number, "a number");
        return _json.TryGetInt64(out long value) && value >= 0 ? value
            : throw Damage.At(_file, Position, "an offset is no integer from 0 on.");
    }

    readonly void CheckSize(string name, long at, string type, int[] sizes, long bytes)
    {
        // A type of tomorrow can still be listed and its bytes be had.
        if (SafetensorsTypes.Find(type) is not { } row) return;
        UInt128 bits = (UInt128)row.Bits;
        if (sizes.Contains(0)) bits = 0;
        foreach (int size in sizes)
        {
            bits *= (UInt128)size;
            if (bits > (UInt128)long.MaxValue) break;
        }
        if (bits != (UInt128)bytes * 8)
            throw Damage.At(_file, at, $"tensor {Damage.Quote(name)} of type {type} and shape ({string.Join(", ", sizes)}) has {bytes} bytes, which is not its size.");
    }

    readonly void CheckLayout(OrderedDictionary<string, SafetensorsEntry> entries)
    {
        var sorted = entries.Values.ToArray();
        Array.Sort(sorted, static (a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long end = 0;
        foreach (var entry in sorted)
        {
            if (entry.Begin != end)
                throw Damage.At(_file, entry.HeaderOffset, $"tensor {Damage.Quote(entry.Name)} starts at {entry.Begin}, but the one before it ends at {end}: " +
                    (entry.Begin < end ? "they overlap." : "there is a hole."));
            end = entry.End;
        }
        if (end != _dataBytes)
            throw Damage.At(_file, PrefixBytes, $"the tensors take {end} bytes, but {_dataBytes} follow the header.");
    }

    /// <summary>The next key of the current object, or null at its end.</summary>
    string? NextName()
    {
        if (!_json.Read()) throw Damage.At(_file, Position, "the header ends early.");
        return _json.TokenType == JsonTokenType.EndObject ? null : _json.GetString();
    }

    void Expect(JsonTokenType type, string what)
    {
        if (!_json.Read() || _json.TokenType != type)
            throw Damage.At(_file, Position, $"found {_json.TokenType}. Expected {what}.");
    }
}
