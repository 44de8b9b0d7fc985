using System.Runtime.InteropServices;

namespace Descent.Search;

/// <summary>
/// Lists of edges with codes behind them in a file: as they are in memory, in a section for themselves that can be mapped. Codes may
/// be any bytes: all that comes of wrong ones is wrong estimates.
/// </summary>
static unsafe class PackedLists
{
    /// <summary>The version of files from which on lists have their codes; before, codes are made when the file is opened.</summary>
    internal const int Since = 4;

    const int Alignment = 64, BlockBytes = 1 << 20;

    /// <summary>Ends the section before, and leaves the end of its own to the caller.</summary>
    internal static void Write(IndexWriter writer, GraphLayer layer, int[] dense)
    {
        writer.EndSection();
        writer.Align(Alignment);
        byte[] row = new byte[layer.Stride];
        for (int node = 0; node < layer.Numbers; node++)
        {
            if (!layer.IsUsed(node)) continue;
            new ReadOnlySpan<byte>(layer.Links(node), row.Length).CopyTo(row);
            var links = MemoryMarshal.Cast<byte, int>(row.AsSpan())[..layer.Capacity];
            foreach (ref int to in links)
                if (to >= 0) to = dense[to];
            writer.Bytes(row);
        }
    }

    /// <summary>Makes the nodes of a layer whose lists follow.</summary>
    internal static void Reserve(IndexReader reader, GraphLayer layer, int count)
    {
        if ((long)count * layer.Stride > reader.Left) throw reader.Damage($"lists of {count} nodes should follow, of {layer.Stride} bytes each; {reader.Left} bytes do.");
        layer.AddAll(count, hasMemory: reader.Mapped is null);
    }

    /// <summary>Reads what <see cref="Write"/> wrote, or leaves it in the file, where it is looked at before the first change.</summary>
    internal static void Read(IndexReader reader, GraphLayer layer)
    {
        reader.EndSection("what the kind of index adds");
        reader.Align(Alignment);
        long start = reader.Position, bytes = (long)layer.Numbers * layer.Stride;
        if (reader.Mapped is { } mapped)
        {
            reader.PassOver(bytes);
            layer.Adopt(mapped.Window(start, bytes), Damage);
            return;
        }
        for (long at = 0; at < bytes; at += BlockBytes) reader.Bytes(new((byte*)layer.Links(0) + at, (int)Math.Min(BlockBytes, bytes - at)));
        GraphFile.CheckLists(layer, Damage);

        InvalidDataException Damage(int node, string fault) => reader.DamageAt(start + (long)node * layer.Stride, fault);
    }
}
