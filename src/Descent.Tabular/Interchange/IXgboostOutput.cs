using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Descent.Tabular;

/// <summary>One of the two encodings that XGBoost saves models in.</summary>
interface IXgboostOutput : IDisposable
{
    /// <param name="name">Its name in the object around it, null where it is an element or the whole.</param>
    void StartObject(string? name = null);

    void EndObject();

    /// <summary>An array whose elements follow.</summary>
    void StartArray(string name, int count);

    void EndArray();

    void Text(string name, string value);

    void Number(string name, int value);

    /// <summary>An element that is a text.</summary>
    void Text(string value);

    /// <summary>An element that is a whole number.</summary>
    void Number(int value);

    /// <summary>An element that is a real number.</summary>
    void Real(float value);

    void Floats(string name, float[] values);

    void Bytes(string name, byte[] values);

    void Integers(string name, int[] values);

    /// <summary>Numbers that take eight bytes where there are bytes.</summary>
    void Longs(string name, int[] values);
}

/// <summary>XGBoost's JSON.</summary>
sealed class XgboostJsonOutput(Stream stream) : IXgboostOutput
{
    readonly Utf8JsonWriter _json = new(stream);

    public void StartObject(string? name = null)
    {
        if (name is null) _json.WriteStartObject();
        else _json.WriteStartObject(name);
    }

    public void EndObject() => _json.WriteEndObject();

    public void StartArray(string name, int count) => _json.WriteStartArray(name);

    public void EndArray() => _json.WriteEndArray();

    public void Text(string name, string value) => _json.WriteString(name, value);

    public void Number(string name, int value) => _json.WriteNumber(name, value);

    public void Text(string value) => _json.WriteStringValue(value);

    public void Number(int value) => _json.WriteNumberValue(value);

    public void Real(float value)
    {
        // XGBoost takes a number without a point for an integer, and refuses it where it wants a real one.
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        _json.WriteRawValue(text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text, skipInputValidation: true);
    }

    public void Floats(string name, float[] values) => Array(name, values, Real);

    public void Bytes(string name, byte[] values) => Array(name, values, value => _json.WriteNumberValue(value));

    public void Integers(string name, int[] values) => Array(name, values, _json.WriteNumberValue);

    public void Longs(string name, int[] values) => Integers(name, values);

    public void Dispose() => _json.Dispose();

    void Array<T>(string name, T[] values, Action<T> write)
    {
        _json.WriteStartArray(name);
        foreach (var value in values) write(value);
        _json.WriteEndArray();
    }
}

/// <summary>XGBoost's UBJSON: its own reader wants the arrays of a tree with the types it writes them in.</summary>
sealed class XgboostUbjsonOutput(Stream stream) : IXgboostOutput
{
    readonly BinaryWriter _bytes = new(stream, Encoding.UTF8, leaveOpen: true);

    public void StartObject(string? name = null)
    {
        if (name is not null) Raw(name);
        _bytes.Write((byte)'{');
    }

    public void EndObject() => _bytes.Write((byte)'}');

    public void StartArray(string name, int count)
    {
        Raw(name);
        _bytes.Write("[#"u8);
        Length(count);
    }

    // An array that tells its count has no end.
    public void EndArray() { }

    public void Text(string name, string value)
    {
        Raw(name);
        Text(value);
    }

    public void Number(string name, int value)
    {
        Raw(name);
        Number(value);
    }

    public void Text(string value)
    {
        _bytes.Write((byte)'S');
        Raw(value);
    }

    public void Number(int value)
    {
        _bytes.Write((byte)(value == (sbyte)value ? 'i' : value == (short)value ? 'I' : 'l'));
        if (value == (sbyte)value) _bytes.Write((sbyte)value);
        else if (value == (short)value) _bytes.Write(BinaryPrimitives.ReverseEndianness((short)value));
        else _bytes.Write(BinaryPrimitives.ReverseEndianness(value));
    }

    public void Real(float value)
    {
        _bytes.Write((byte)'d');
        Raw(value);
    }

    public void Floats(string name, float[] values) => Typed(name, 'd', values, Raw);

    public void Bytes(string name, byte[] values) => Typed(name, 'U', values, _bytes.Write);

    public void Integers(string name, int[] values) => Typed(name, 'l', values, value => _bytes.Write(BinaryPrimitives.ReverseEndianness(value)));

    public void Longs(string name, int[] values) => Typed(name, 'L', values, value => _bytes.Write(BinaryPrimitives.ReverseEndianness((long)value)));

    public void Dispose() => _bytes.Dispose();

    void Typed<T>(string name, char type, T[] values, Action<T> write)
    {
        Raw(name);
        _bytes.Write("[$"u8);
        _bytes.Write((byte)type);
        _bytes.Write((byte)'#');
        Length(values.Length);
        foreach (var value in values) write(value);
    }

    void Raw(float value) => _bytes.Write(BinaryPrimitives.ReverseEndianness(BitConverter.SingleToInt32Bits(value)));

    void Raw(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Length(bytes.Length);
        _bytes.Write(bytes);
    }

    void Length(int length)
    {
        _bytes.Write((byte)'L');
        _bytes.Write(BinaryPrimitives.ReverseEndianness((long)length));
    }
}
