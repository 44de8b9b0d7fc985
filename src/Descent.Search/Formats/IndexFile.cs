using Descent.Tensors;

namespace Descent.Search;

/// <summary>
/// Files of indexes, in sections that each end with a CRC-32: magic, version, kind, dimension, metric, elements, default ef, count;
/// ids; rows, from a multiple of 64 bytes on, so that they can be mapped; what the kind adds. Little-endian. Rows of float32 and
/// float16 are those of a little-endian machine too.
/// </summary>
static unsafe class IndexFile
{
    const int Version = 4, OldestVersion = 3, LongestKind = 32, Alignment = 64;

    static ReadOnlySpan<byte> Magic => "DESCIDX\n"u8;

    internal static void Write(Stream stream, VectorIndex index, CancellationToken cancellation)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Index files are written on little-endian machines only.");
        var (writer, store) = (new IndexWriter(stream, cancellation), index.Store);
        writer.Bytes(Magic);
        writer.Int32(Version);
        writer.Text(index.Kind);
        writer.Int32(index.Dimension);
        writer.Int32((int)index.Metric);
        writer.Int32((int)index.Elements);
        writer.Int32(index.DefaultEf);
        writer.Int32(store.Count);
        writer.EndSection();
        // Free slots are left out.
        int[] dense = new int[store.Slots];
        int count = 0;
        for (int slot = 0; slot < dense.Length; slot++)
        {
            dense[slot] = store.IsUsed(slot) ? count++ : -1;
            if (dense[slot] >= 0) writer.Int64(store.Ids[slot]);
        }
        writer.EndSection();
        writer.Align(Alignment);
        for (int slot = 0; slot < dense.Length; slot++)
            if (dense[slot] >= 0) writer.Bytes(new(store.Rows.Row(slot), store.Rows.Stride));
        writer.EndSection();
        index.Write(writer, dense);
        writer.EndSection();
    }

    /// <summary>Opens a file whose rows stay in it: what of them is never asked for is never read, and so not checked either.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or none of ours.</exception>
    internal static VectorIndex Map(string path, bool checksums = true)
    {
        var mapped = MappedFile.Open(path);
        using var stream = mapped.OpenStream(0, mapped.Length);
        return Read(stream, path, mapped, checksums);
    }

    /// <exception cref="InvalidDataException">The file is damaged or none of ours.</exception>
    internal static VectorIndex Read(Stream stream, string file, MappedFile? mapped = null, bool checksums = true)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Index files are read on little-endian machines only.");
        var reader = new IndexReader(stream, file, checksums) { Mapped = mapped };
        Span<byte> magic = stackalloc byte[Magic.Length];
        reader.Bytes(magic);
        if (!magic.SequenceEqual(Magic)) throw reader.Damage("this is no file of an index.");
        reader.Version = reader.Int32(OldestVersion, Version, "the version");
        string kind = reader.Text(LongestKind, "the kind");
        var known = IndexKinds.Find(kind) ?? throw reader.Damage($"the kind of index is none of {string.Join(", ", IndexKinds.All.Select(k => k.Name))}.");
        int dimension = reader.Int32(1, VectorIndex.MostDimensions, "the dimension");
        var metric = (VectorMetric)reader.Int32(0, (int)VectorMetric.Hamming, "the metric");
        var elements = (VectorElement)reader.Int32(0, (int)VectorElement.Binary, "the way of storing elements");
        if ((metric == VectorMetric.Hamming) != (elements == VectorElement.Binary)) throw reader.Damage($"the metric {metric} does not go with {elements}.");
        int ef = reader.Int32(1, VectorIndex.MostEf, "the default ef");
        var index = known.Create(new(dimension) { Metric = metric, Elements = elements });
        try
        {
            index.DefaultEf = ef;
            int count = reader.Count(sizeof(long) + index.Store.Rows.Stride, "the number of vectors");
            if (count > index.Store.Rows.Most) throw reader.Damage($"{count} vectors are more than fit into an index, which is {index.Store.Rows.Most}.");
            reader.EndSection("the header");
            ReadIds(reader, index.Store, count, hasRows: mapped is null);
            reader.Align(Alignment);
            if (mapped is null) ReadRows(reader, index.Store);
            else MapRows(reader, index.Store, mapped);
            reader.EndSection("the rows");
            index.Read(reader);
            reader.EndSection("what the kind of index adds");
            if (reader.Left != 0) throw reader.Damage($"{reader.Left} bytes follow the end.");
            index.Store.Publish([]);
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    static void ReadIds(IndexReader reader, VectorStore store, int count, bool hasRows)
    {
        if (hasRows) store.Rows.Reserve(count);
        for (int slot = 0; slot < count; slot++)
        {
            long id = reader.Int64();
            if (store.TryFind(id, out _)) throw reader.Damage($"the id {id} occurs twice.");
            store.AddUnfilled(id, count);
        }
        reader.EndSection("the ids");
    }

    static void ReadRows(IndexReader reader, VectorStore store)
    {
        for (int slot = 0; slot < store.Slots; slot++)
        {
            reader.Bytes(new(store.Rows.Row(slot), store.Rows.Stride));
            if (!store.Codec.IsSound(store.Rows.Row(slot))) throw reader.Damage($"vector {slot} has an element that is not finite or too large.");
        }
    }

    static void MapRows(IndexReader reader, VectorStore store, MappedFile mapped)
    {
        long bytes = (long)store.Slots * store.Rows.Stride, start = reader.Position;
        reader.PassOver(bytes);
        if (bytes > 0) store.Adopt(mapped.Window(start, bytes));
    }
}
