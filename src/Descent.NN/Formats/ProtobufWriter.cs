using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Descent.NN;

/// <summary>Fields of one protocol buffers message, written in the order of the calls.</summary>
/// <remarks>Protocol Buffers, "Encoding": a field is its key, number and wire type as a varint, then its value.</remarks>
sealed class ProtobufWriter
{
    readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>The message so far.</summary>
    internal ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>An integer, boolean or enumeration value; negative numbers take ten bytes, as int64 does.</summary>
    internal void Varint(int field, long value)
    {
        Key(field, wire: 0);
        Raw((ulong)value);
    }

    /// <summary>A double.</summary>
    internal void Double(int field, double value)
    {
        Key(field, wire: 1);
        BinaryPrimitives.WriteDoubleLittleEndian(Room(8), value);
    }

    /// <summary>A float.</summary>
    internal void Float(int field, float value)
    {
        Key(field, wire: 5);
        BinaryPrimitives.WriteSingleLittleEndian(Room(4), value);
    }

    /// <summary>Bytes, or a message that is written already.</summary>
    internal void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Begin(field, value.Length);
        _bytes.Write(value);
    }

    /// <summary>The start of bytes or a message, whose contents follow by other means.</summary>
    internal void Begin(int field, long length)
    {
        Key(field, wire: 2);
        Raw((ulong)length);
    }

    /// <summary>A string.</summary>
    internal void String(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A message within this one.</summary>
    internal void Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        Bytes(field, inner.Written);
    }

    /// <summary>A packed repeated field of integers; none at all if it is empty.</summary>
    internal void Varints(int field, ReadOnlySpan<long> values)
    {
        if (values.IsEmpty) return;
        var packed = new ProtobufWriter();
        foreach (long value in values) packed.Raw((ulong)value);
        Bytes(field, packed.Written);
    }

    /// <summary>A packed repeated field of doubles; none at all if it is empty.</summary>
    internal void Doubles(int field, ReadOnlySpan<double> values)
    {
        if (values.IsEmpty) return;
        var packed = new ProtobufWriter();
        foreach (double value in values) BinaryPrimitives.WriteDoubleLittleEndian(packed.Room(8), value);
        Bytes(field, packed.Written);
    }

    /// <summary>A packed repeated field of floats; none at all if it is empty.</summary>
    internal void Floats(int field, ReadOnlySpan<float> values)
    {
        if (values.IsEmpty) return;
        var packed = new ProtobufWriter();
        foreach (float value in values) BinaryPrimitives.WriteSingleLittleEndian(packed.Room(4), value);
        Bytes(field, packed.Written);
    }

    void Key(int field, int wire) => Raw((ulong)field << 3 | (uint)wire);

    void Raw(ulong value)
    {
        var room = _bytes.GetSpan(10);
        int length = 0;
        for (; value >= 0x80; value >>= 7) room[length++] = (byte)(value | 0x80);
        room[length++] = (byte)value;
        _bytes.Advance(length);
    }

    Span<byte> Room(int length)
    {
        var room = _bytes.GetSpan(length)[..length];
        _bytes.Advance(length);
        return room;
    }
}
