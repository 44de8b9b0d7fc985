using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Descent.Tabular;

/// <summary>Turns UBJSON into JSON, trusting nothing in it.</summary>
/// <remarks>Universal Binary JSON, draft 12: every value is a marker and big-endian bytes; containers may tell their count and one type for all.</remarks>
static class UbjsonReader
{
    const int Deepest = 64;

    /// <summary>What stands for NaN, which JSON lacks: an empty text.</summary>
    internal static ReadOnlySpan<byte> NaN => "\"\" "u8;

    /// <summary>Whether bytes are an object of UBJSON: behind its brace stands no quotation mark but a length.</summary>
    internal static bool IsObject(ReadOnlySpan<byte> bytes) => bytes.Length > 1 && bytes[0] == '{' && bytes[1] is (byte)'i' or (byte)'U' or (byte)'I' or (byte)'l' or (byte)'L' or (byte)'#' or (byte)'$';

    /// <exception cref="InvalidDataException">The bytes are no UBJSON; the message names the place.</exception>
    internal static ReadOnlyMemory<byte> ToJson(ReadOnlySpan<byte> bytes)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(256, bytes.Length));
        using (var json = new Utf8JsonWriter(buffer, new() { SkipValidation = true }))
        {
            var source = new Source(bytes);
            Value(ref source, json, source.Marker(), 0);
            if (source.Left != 0) throw source.Damage($"{source.Left} bytes follow the value");
        }
        return buffer.WrittenMemory;
    }

    static void Value(ref Source source, Utf8JsonWriter json, byte marker, int depth)
    {
        if (depth > Deepest) throw source.Damage($"values are nested more than {Deepest} deep");
        switch ((char)marker)
        {
            case 'Z': json.WriteNullValue(); break;
            case 'T': json.WriteBooleanValue(true); break;
            case 'F': json.WriteBooleanValue(false); break;
            case 'i' or 'U' or 'I' or 'l' or 'L': json.WriteNumberValue(source.Whole(marker)); break;
            case 'd':
                float single = BinaryPrimitives.ReadSingleBigEndian(source.Take(4));
                if (float.IsNaN(single)) json.WriteRawValue(NaN, skipInputValidation: true);
                else json.WriteNumberValue(source.Finite(single));
                break;
            case 'D': json.WriteNumberValue(source.Finite(BinaryPrimitives.ReadDoubleBigEndian(source.Take(8)))); break;
            case 'S' or 'H' or 'C': json.WriteStringValue(source.Take(marker == 'C' ? 1 : source.Length())); break;
            case '[': Array(ref source, json, depth); break;
            case '{': Object(ref source, json, depth); break;
            default: throw source.Damage($"there is no type {marker}");
        }
    }

    static void Array(ref Source source, Utf8JsonWriter json, int depth)
    {
        json.WriteStartArray();
        var (type, count) = Header(ref source);
        for (long i = 0; count < 0 || i < count; i++)
        {
            if (count < 0 && source.Ends(']')) break;
            Value(ref source, json, type ?? source.Marker(), depth + 1);
        }
        json.WriteEndArray();
    }

    static void Object(ref Source source, Utf8JsonWriter json, int depth)
    {
        json.WriteStartObject();
        var (type, count) = Header(ref source);
        for (long i = 0; count < 0 || i < count; i++)
        {
            if (count < 0 && source.Ends('}')) break;
            json.WritePropertyName(source.Take(source.Length()));
            Value(ref source, json, type ?? source.Marker(), depth + 1);
        }
        json.WriteEndObject();
    }

    /// <summary>The type of all values and their count, −1 where the container ends with a mark.</summary>
    static (byte? Type, long Count) Header(ref Source source)
    {
        if (source.Next('$'))
        {
            byte type = source.Byte();
            // Values without bytes could be more than any memory holds.
            if ((char)type is 'Z' or 'T' or 'F' or 'N') throw source.Damage("values without bytes are counted");
            if (!source.Next('#')) throw source.Damage("values have a type and no count");
            return (type, source.Length());
        }
        return source.Next('#') ? (null, source.Length()) : (null, -1);
    }

    ref struct Source(ReadOnlySpan<byte> bytes)
    {
        readonly ReadOnlySpan<byte> _bytes = bytes;
        int _at;

        internal readonly int Left => _bytes.Length - _at;

        internal byte Byte() => Take(1)[0];

        /// <summary>The marker of a value, past those of nothing.</summary>
        internal byte Marker()
        {
            byte marker;
            while ((marker = Byte()) == 'N') { }
            return marker;
        }

        internal bool Next(char expected)
        {
            if (Left == 0 || _bytes[_at] != expected) return false;
            _at++;
            return true;
        }

        /// <summary>Whether a container of unknown count ends here.</summary>
        internal bool Ends(char mark)
        {
            while (Next('N')) { }
            return Next(mark);
        }

        /// <summary>A count or length, with its marker. What is counted takes a byte each at least, so no file holds more than it has bytes.</summary>
        internal int Length()
        {
            long length = Whole(Byte());
            return length >= 0 && length <= Left ? (int)length : throw Damage($"a length is {length}, and {Left} bytes are left");
        }

        internal long Whole(byte marker) => (char)marker switch
        {
            'i' => (sbyte)Byte(),
            'U' => Byte(),
            'I' => BinaryPrimitives.ReadInt16BigEndian(Take(2)),
            'l' => BinaryPrimitives.ReadInt32BigEndian(Take(4)),
            'L' => BinaryPrimitives.ReadInt64BigEndian(Take(8)),
            _ => throw Damage($"a whole number has the type {marker}"),
        };

        internal readonly T Finite<T>(T value) where T : System.Numerics.IFloatingPoint<T> => T.IsFinite(value) ? value : throw Damage($"a number is {value}");

        internal ReadOnlySpan<byte> Take(int length)
        {
            if (length > Left) throw Damage($"{length} bytes are expected, {Left} are left");
            _at += length;
            return _bytes.Slice(_at - length, length);
        }

        internal readonly InvalidDataException Damage(string what) => new($"Damaged UBJSON at byte {_at}: {what}.");
    }
}
