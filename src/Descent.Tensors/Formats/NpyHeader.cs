using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Descent.Tensors.Formats;

/// <summary>What stands before an array: the element type, the order, the shape.</summary>
readonly record struct NpyHeader(StoredType Type, bool IsBigEndian, bool IsFortran, int[] Sizes, int Bytes)
{
    const int MaxBytes = 1 << 16, MaxRank = 64, Alignment = 64;

    static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    internal long DataBytes
    {
        get
        {
            // The shape was checked to be a tensor's.
            long n = Type.Size;
            foreach (int size in Sizes) n *= size;
            return n;
        }
    }

    /// <summary>Reads versions 1.0, 2.0 and 3.0.</summary>
    internal static NpyHeader Read(Stream stream, string file)
    {
        Span<byte> start = stackalloc byte[8], length = stackalloc byte[4];
        Fill(stream, start, file, 0);
        if (!start[..6].SequenceEqual(Magic)) throw Damage.At(file, 0, "the file does not start as .npy files do.");
        if (start[6] is < 1 or > 3 || start[7] != 0)
            throw Damage.At(file, 6, $"the format's version is {start[6]}.{start[7]}. Expected 1.0, 2.0 or 3.0.");
        length = length[..(start[6] == 1 ? 2 : 4)];
        Fill(stream, length, file, 8);
        uint bytes = length.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (bytes > MaxBytes) throw Damage.At(file, 8, $"the header's length is {bytes}. Expected at most {MaxBytes}.");
        byte[] text = new byte[bytes];
        Fill(stream, text, file, 8 + length.Length);
        return new NpyDictionary(file, text, 8 + length.Length).Parse();
    }

    /// <summary>The header of a row-major array, padded so that the elements lie at a multiple of 64.</summary>
    internal static byte[] Create(DType type, Shape shape)
    {
        string descr = type switch
        {
            DType.Float64 => "<f8",
            DType.Float32 => "<f4",
            DType.Float16 => "<f2",
            DType.Int64 => "<i8",
            DType.Int32 => "<i4",
            DType.Int8 => "|i1",
            DType.UInt8 => "|u1",
            DType.Bool => "|b1",
            _ => throw new NotSupportedException($"Npy.Save: the elements are {type}, which .npy files do not have. Convert with To(DType.Float32)."),
        };
        string sizes = shape.Rank == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape)})";
        string text = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': {sizes}, }}";
        int unpadded = 10 + text.Length + 1, total = (unpadded + Alignment - 1) / Alignment * Alignment;
        byte[] header = new byte[total];
        header.AsSpan().Fill((byte)' ');
        Magic.CopyTo(header);
        (header[6], header[7]) = (1, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(total - 10));
        Encoding.ASCII.GetBytes(text, header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }

    static void Fill(Stream stream, Span<byte> bytes, string file, long offset)
    {
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length) throw Damage.At(file, offset + read, "the header is cut off.");
    }

    /// <summary>The one dictionary literal that a header is, and nothing else of Python.</summary>
    sealed class NpyDictionary(string file, byte[] text, int start)
    {
        int _at;

        internal NpyHeader Parse()
        {
            (StoredType Type, bool IsBigEndian)? type = null;
            bool? isFortran = null;
            int[]? sizes = null;
            Expect('{');
            while (!TryTake('}'))
            {
                int at = _at;
                string key = Text();
                Expect(':');
                bool isFirst = key switch { "descr" => type is null, "fortran_order" => isFortran is null, "shape" => sizes is null, _ => false };
                if (!isFirst) throw Damage.At(file, start + at, $"the key {Damage.Quote(key)} is unknown or occurs twice. Expected descr, fortran_order and shape.");
                if (key == "descr") type = Type();
                else if (key == "fortran_order") isFortran = Bool();
                else sizes = Sizes();
                if (!TryTake(',') && !Peek('}')) throw Unexpected("',' or '}'");
            }
            SkipBlanks();
            if (_at != text.Length) throw Unexpected("the end of the header");
            if (type is not { } t || isFortran is not { } fortran || sizes is null)
                throw Damage.At(file, start, "the header lacks one of descr, fortran_order and shape.");
            return new(t.Type, t.IsBigEndian, fortran, sizes, start + text.Length);
        }

        (StoredType, bool) Type()
        {
            SkipBlanks();
            int at = _at;
            if (Peek('[')) throw Damage.At(file, start + at, "the elements are records. Expected one number each; save the fields as arrays of their own.");
            string descr = Text();
            StoredType? type = descr.Length == 3 ? descr[1..] switch
            {
                "f8" => StoredType.Float64,
                "f4" => StoredType.Float32,
                "f2" => StoredType.Float16,
                "i8" => StoredType.Int64,
                "i4" => StoredType.Int32,
                "i2" => StoredType.Int16,
                "i1" => StoredType.Int8,
                "u8" => StoredType.UInt64,
                "u4" => StoredType.UInt32,
                "u2" => StoredType.UInt16,
                "u1" => StoredType.UInt8,
                "b1" => StoredType.Bool,
                _ => null,
            } : null;
            // '|' is "no byte order", '=' that of the machine that wrote, which is not told.
            if (type is not { } known || descr[0] is not ('<' or '>' or '|') || (descr[0] == '|' && known.Size > 1))
                throw Damage.At(file, start + at, $"the element type is {Damage.Quote(descr)}. Expected f2, f4, f8, i1 to i8, u1 to u8 or b1, after '<', '>' or '|'.");
            return (known, descr[0] == '>');
        }

        bool Bool()
        {
            SkipBlanks();
            if (TryTake("True"u8)) return true;
            if (TryTake("False"u8)) return false;
            throw Unexpected("True or False");
        }

        int[] Sizes()
        {
            var sizes = new List<int>();
            SkipBlanks();
            int at = _at;
            Expect('(');
            bool isTuple = true;
            while (!TryTake(')'))
            {
                if (sizes.Count == MaxRank) throw Damage.At(file, start + _at, $"the shape has more than {MaxRank} dimensions.");
                sizes.Add(Integer());
                isTuple = TryTake(',');
                if (!isTuple && !Peek(')')) throw Unexpected("',' or ')'");
            }
            if (sizes.Count == 1 && !isTuple) throw Damage.At(file, start + at, "the shape is a number in parentheses. Expected a tuple, (n,).");
            UInt128 elements = sizes.Contains(0) ? 0u : 1u;
            foreach (int size in sizes)
            {
                elements *= (uint)size;
                if (elements > int.MaxValue) throw Damage.At(file, start + at, $"the shape ({string.Join(", ", sizes)}) has more than {int.MaxValue} elements, which a tensor does not hold.");
            }
            return [.. sizes];
        }

        int Integer()
        {
            SkipBlanks();
            int from = _at;
            while (_at < text.Length && char.IsAsciiDigit((char)text[_at])) _at++;
            if (from == _at || !int.TryParse(text.AsSpan(from, _at - from), NumberStyles.None, CultureInfo.InvariantCulture, out int value))
                throw Damage.At(file, start + from, $"a size is no integer from 0 to {int.MaxValue}.");
            return value;
        }

        string Text()
        {
            SkipBlanks();
            if (_at == text.Length || text[_at] is not ((byte)'\'' or (byte)'"')) throw Unexpected("a string");
            byte quote = text[_at++];
            int length = text.AsSpan(_at).IndexOf(quote);
            if (length < 0) throw Damage.At(file, start + _at, "a string has no end.");
            string value = Encoding.Latin1.GetString(text, _at, length);
            if (value.Contains('\\')) throw Damage.At(file, start + _at, "a string has a backslash.");
            _at += length + 1;
            return value;
        }

        void SkipBlanks()
        {
            while (_at < text.Length && text[_at] is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r') _at++;
        }

        bool Peek(char c)
        {
            SkipBlanks();
            return _at < text.Length && text[_at] == c;
        }

        bool TryTake(char c)
        {
            bool found = Peek(c);
            if (found) _at++;
            return found;
        }

        bool TryTake(ReadOnlySpan<byte> word)
        {
            bool found = text.AsSpan(_at).StartsWith(word);
            if (found) _at += word.Length;
            return found;
        }

        void Expect(char c)
        {
            if (!TryTake(c)) throw Unexpected($"'{c}'");
        }

        InvalidDataException Unexpected(string expected) => Damage.At(file, start + _at, $"Expected {expected} in the header.");
    }
}
