namespace Descent.Tensors.Formats;

/// <summary>What a safetensors header says of one tensor.</summary>
public sealed class SafetensorsEntry
{
    internal SafetensorsEntry(string name, string type, int[] sizes, long begin, long end, long headerOffset) =>
        (Name, Type, Sizes, Begin, End, HeaderOffset) = (name, type, sizes, begin, end, headerOffset);

    /// <summary>Its key in the file.</summary>
    public string Name { get; }

    /// <summary>The element type as the file calls it: <c>F32</c>, <c>BF16</c>, <c>I64</c>, <c>F8_E4M3</c>, …</summary>
    public string Type { get; }

    /// <summary>The sizes of the dimensions, outermost first. Unlike a <see cref="Shape"/> they may hold 2³¹ elements and more.</summary>
    public IReadOnlyList<int> Sizes { get; }

    /// <summary>The sizes as the shape of a tensor.</summary>
    /// <exception cref="ShapeException">There are more than 2³¹ − 1 elements.</exception>
    public Shape Shape => new([.. Sizes]);

    /// <summary>Bytes of the data.</summary>
    public long ByteLength => End - Begin;

    /// <summary>
    /// The element type that reading gives, or null where the elements can only be had as bytes. I16 and U16 are
    /// widened to Int32, U32 and U64 to Int64.
    /// </summary>
    public DType? DType => SafetensorsTypes.Find(Type)?.Stored?.Loaded;

    /// <summary>First byte of the data, counted from the end of the header.</summary>
    internal long Begin { get; }

    internal long End { get; }

    /// <summary>Where in the file the header speaks of this tensor.</summary>
    internal long HeaderOffset { get; }

    /// <summary><c>name: F32 (2, 3)</c>.</summary>
    public override string ToString() => $"{Name}: {Type} ({string.Join(", ", Sizes)})";
}
