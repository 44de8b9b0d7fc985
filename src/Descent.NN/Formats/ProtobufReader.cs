using System.Buffers.Binary;
using System.Text;

namespace Descent.NN;

/// <summary>Fields of one protocol buffers message, read one after the other; nothing is trusted.</summary>
/// <remarks>Protocol Buffers, "Encoding". Groups, which proto3 does not have, are refused.</remarks>
ref struct ProtobufReader
{
    readonly ReadOnlySpan<byte> _bytes;
    readonly long _origin;
    int _at;

    /// <param name="bytes">The message.</param>
    /// <param name="origin">Where it begins in its file, for errors.</param>
    internal ProtobufReader(ReadOnlySpan<byte> bytes, long origin = 0)
    {
        _bytes = bytes;
        _origin = origin;
    }

    /// <summary>The number of the field that <see cref="Next"/> came to.</summary>
    internal int Field { get; private set; }

    /// <summary>Its wire type: 0 varint, 1 eight bytes, 2 bytes with a length, 5 four bytes.</summary>
    internal int Wire { get; private set; }

    /// <summary>Where the next byte lies in the file.</summary>
    internal readonly long Position => _origin + _at;

    /// <summary>Goes to the next field, whose value must then be read or skipped.</summary>
    /// <returns>False at the end of the message.</returns>
    /// <exception cref="InvalidDataException">The message is damaged here.</exception>
    internal bool Next()
    {
        if (_at == _bytes.Length) return false;
        ulong key = Raw();
        if (key >> 3 is 0 or > int.MaxValue || (key & 7) is not (0 or 1 or 2 or 5))
            throw Damaged($"a field's key is {key}");
        (Field, Wire) = ((int)(key >> 3), (int)(key & 7));
        return true;
    }

    /// <summary>An integer, boolean or enumeration value.</summary>
    /// <exception cref="InvalidDataException">The field is none.</exception>
    internal long Varint() => Wire == 0 ? (long)Raw() : throw Damaged($"field {Field} is no integer");

    /// <summary>A double.</summary>
    /// <exception cref="InvalidDataException">The field is none.</exception>
    internal double Double() => Wire == 1 ? BinaryPrimitives.ReadDoubleLittleEndian(Take(8)) : throw Damaged($"field {Field} is no double");

    /// <summary>A float.</summary>
    /// <exception cref="InvalidDataException">The field is none.</exception>
    internal float Float() => Wire == 5 ? BinaryPrimitives.ReadSingleLittleEndian(Take(4)) : throw Damaged($"field {Field} is no float");

    /// <summary>Bytes, a string's or a message's.</summary>
    /// <exception cref="InvalidDataException">The field has none, or ends outside the message.</exception>
    internal ReadOnlySpan<byte> Bytes()
    {
        if (Wire != 2) throw Damaged($"field {Field} has no length");
        ulong length = Raw();
        return length <= (ulong)(_bytes.Length - _at) ? Take((int)length) : throw Damaged($"field {Field} of {length} bytes ends outside its message");
    }

    /// <summary>A message within this one.</summary>
    /// <exception cref="InvalidDataException">The field is none.</exception>
    internal ProtobufReader Message()
    {
        var bytes = Bytes();
        return new(bytes, Position - bytes.Length);
    }

    /// <summary>A string.</summary>
    /// <exception cref="InvalidDataException">The field is none, or no UTF-8.</exception>
    internal string String()
    {
        try
        {
            return s_utf8.GetString(Bytes());
        }
        catch (DecoderFallbackException)
        {
            throw Damaged($"field {Field} is no UTF-8 text");
        }
    }

    /// <summary>Adds one integer, or as many as a packed field holds.</summary>
    /// <exception cref="InvalidDataException">The field holds no integers.</exception>
    internal void Varints(List<long> values)
    {
        if (Wire == 0)
        {
            values.Add(Varint());
            return;
        }
        var packed = Message();
        while (packed._at < packed._bytes.Length) values.Add((long)packed.Raw());
    }

    /// <summary>Adds one double, or as many as a packed field holds.</summary>
    /// <exception cref="InvalidDataException">The field holds no doubles.</exception>
    internal void Doubles(List<double> values)
    {
        if (Wire == 1)
        {
            values.Add(Double());
            return;
        }
        var packed = Message();
        while (packed._at < packed._bytes.Length) values.Add(BinaryPrimitives.ReadDoubleLittleEndian(packed.Take(8)));
    }

    /// <summary>Adds one float, or as many as a packed field holds.</summary>
    /// <exception cref="InvalidDataException">The field holds no floats.</exception>
    internal void Floats(List<float> values)
    {
        if (Wire == 5)
        {
            values.Add(Float());
            return;
        }
        var packed = Message();
        while (packed._at < packed._bytes.Length) values.Add(BinaryPrimitives.ReadSingleLittleEndian(packed.Take(4)));
    }

    /// <summary>Passes over the value.</summary>
    /// <exception cref="InvalidDataException">It ends outside the message.</exception>
    internal void Skip()
    {
        switch (Wire)
        {
            case 0: Raw(); break;
            case 1: Take(8); break;
            case 2: Bytes(); break;
            default: Take(4); break;
        }
    }

    static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    readonly InvalidDataException Damaged(string what) => new($"Damaged message at byte {Position}: {what}.");

    ulong Raw()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
        throw Damaged("a number takes more than ten bytes");
    }

    ReadOnlySpan<byte> Take(int length)
    {
        if (length > _bytes.Length - _at) throw Damaged($"{length} bytes are expected, {_bytes.Length - _at} are left");
        _at += length;
        return _bytes.Slice(_at - length, length);
    }
}
