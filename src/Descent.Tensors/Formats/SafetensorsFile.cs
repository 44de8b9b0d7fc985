using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Descent.Tensors.Formats;

/// <summary>
/// An open safetensors file: its header is read and checked, its tensors are read one by one when asked for. Nothing
/// has to be closed; the file stays mapped while this object or a tensor that was read from it is reachable.
/// </summary>
public sealed class SafetensorsFile
{
    readonly string _name;
    readonly long _dataStart;
    readonly MappedFile? _mapped;
    readonly ReadOnlyMemory<byte> _memory;
    readonly OrderedDictionary<string, SafetensorsEntry> _entries;

    SafetensorsFile(string name, MappedFile? mapped, ReadOnlyMemory<byte> memory)
    {
        (_name, _mapped, _memory) = (name, mapped, memory);
        long length = mapped?.Length ?? memory.Length;
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixBytes];
        if (length < prefix.Length)
            throw Damage.At(name, length, $"the file ends within the {prefix.Length} bytes that tell the header's length.");
        using (var stream = Open(0, prefix.Length)) stream.ReadExactly(prefix);
        ulong header = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (header > (ulong)(length - prefix.Length))
            throw Damage.At(name, 0, $"the header's length is {header}, but only {length - prefix.Length} bytes follow.");
        if (header > SafetensorsHeader.MaxBytes)
            throw Damage.At(name, 0, $"the header's length is {header}. Expected at most {SafetensorsHeader.MaxBytes}.");
        _dataStart = prefix.Length + (long)header;

        byte[]? copy = null;
        if (mapped is not null)
        {
            copy = new byte[header];
            using var stream = Open(prefix.Length, copy.Length);
            stream.ReadExactly(copy);
        }
        var json = copy ?? memory.Span.Slice(prefix.Length, (int)header);
        (_entries, var metadata) = SafetensorsHeader.Parse(name, json, length - _dataStart);
        Metadata = metadata;
    }

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="InvalidDataException">The header breaks the format's rules; the message names the byte.</exception>
    public static SafetensorsFile Open(string path) => new(path, MappedFile.Open(path), default);

    /// <summary>Opens a file that is in memory; tensors are copied out of it.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="InvalidDataException">The header breaks the format's rules; the message names the byte.</exception>
    public static SafetensorsFile Open(ReadOnlyMemory<byte> file, string name = "safetensors") => new(name, null, file);

    /// <summary>The tensors' names, in the order of the header.</summary>
    public IReadOnlyList<string> Names => _entries.Keys;

    /// <summary>What the header says of each tensor, in its order.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => _entries.Values;

    /// <summary>The strings under <c>__metadata__</c>; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>What the header says of one tensor.</summary>
    /// <exception cref="KeyNotFoundException">There is no tensor of this name.</exception>
    public SafetensorsEntry this[string name] => _entries.TryGetValue(name, out var entry) ? entry
        : throw new KeyNotFoundException($"{_name}: there is no tensor \"{name}\" among the {_entries.Count} of the file.");

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>
    /// One tensor. Of a file on disk it is the mapped memory itself: nothing is copied, pages are read when touched, and
    /// changes stay private. Where an element does not lie at a multiple of its size, or is widened (I16 and U16 to
    /// Int32, U32 and U64 to Int64), the tensor is a copy.
    /// </summary>
    /// <exception cref="KeyNotFoundException">There is no tensor of this name.</exception>
    /// <exception cref="InvalidDataException">
    /// Tensors have no such element type or so many elements, a bool is neither 0 nor 1, or a U64 does not fit Int64.
    /// </exception>
    public Tensor Read(string name)
    {
        var entry = this[name];
        if (SafetensorsTypes.Find(entry.Type)?.Stored is not { } type)
            throw Damage.At(_name, entry.HeaderOffset, $"tensor {Damage.Quote(name)} has the element type {Damage.Quote(entry.Type)}, " +
                "which tensors do not have. ReadBytes gives its bytes.");
        if (entry.ByteLength / type.Size > int.MaxValue)
            throw Damage.At(_name, entry.HeaderOffset, $"tensor {Damage.Quote(name)} has {entry.ByteLength / type.Size} elements; a tensor holds at most {int.MaxValue}.");

        var shape = entry.Shape;
        long start = _dataStart + entry.Begin;
        if (_mapped is not null && BitConverter.IsLittleEndian && !type.IsWidened && start % type.Size == 0)
        {
            var x = new Tensor(_mapped.Window(start, entry.ByteLength), shape, null, 0, type.Loaded);
            if (type == StoredType.Bool) ElementStream.CheckBools(x, _name, start);
            return x;
        }
        var y = Tensor.Uninitialized(shape, type.Loaded);
        using var stream = Open(start, entry.ByteLength);
        ElementStream.Read(y, stream, type, bigEndian: false, _name, start);
        return y;
    }

    /// <summary>The bytes of one tensor as they are in the file: row-major, little-endian.</summary>
    /// <exception cref="KeyNotFoundException">There is no tensor of this name.</exception>
    /// <exception cref="NotSupportedException">There are more of them than an array holds.</exception>
    public byte[] ReadBytes(string name)
    {
        var entry = this[name];
        if (entry.ByteLength > Array.MaxLength)
            throw new NotSupportedException($"{_name}: tensor \"{name}\" has {entry.ByteLength} bytes; an array holds at most {Array.MaxLength}.");
        var bytes = new byte[entry.ByteLength];
        using var stream = Open(_dataStart + entry.Begin, bytes.Length);
        stream.ReadExactly(bytes);
        return bytes;
    }

    Stream Open(long start, long length)
    {
        if (_mapped is not null) return _mapped.OpenStream(start, length);
        var part = _memory.Slice((int)start, (int)length);
        return MemoryMarshal.TryGetArray(part, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(part.ToArray(), writable: false);
    }
}
