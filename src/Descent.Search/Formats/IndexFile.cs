namespace Descent.Search;

/// <summary>
/// Files of indexes: magic, version, kind, dimension, metric, elements, default ef, count; ids; rows; what the kind adds; CRC-32 of all
/// before it. Little-endian. Rows of float32 and float16 are those of a little-endian machine too.
/// </summary>
static unsafe class IndexFile
{
    const int Version = 2, LongestKind = 32;

    static ReadOnlySpan<byte> Magic => "DESCIDX\n"u8;

    internal static void Write(Stream stream, VectorIndex index)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Index files are written on little-endian machines only.");
        var (writer, store) = (new IndexWriter(stream), index.Store);
        writer.Bytes(Magic);
        writer.Int32(Version);
        writer.Text(index.Kind);
        writer.Int32(index.Dimension);
        writer.Int32((int)index.Metric);
        writer.Int32((int)index.Elements);
        writer.Int32(index.DefaultEf);
        writer.Int32(store.Count);
        // Free slots are left out.
        int[] dense = new int[store.Slots];
        int count = 0;
        for (int slot = 0; slot < dense.Length; slot++)
        {
            dense[slot] = store.IsUsed(slot) ? count++ : -1;
            if (dense[slot] >= 0) writer.Int64(store.Ids[slot]);
        }
        for (int slot = 0; slot < dense.Length; slot++)
            if (dense[slot] >= 0) writer.Bytes(new(store.Rows.Row(slot), store.Rows.Stride));
        index.Write(writer, dense);
        writer.Int32((int)writer.Checksum);
    }

    /// <exception cref="InvalidDataException">The file is damaged or none of ours.</exception>
    internal static VectorIndex Read(Stream stream, string file)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Index files are read on little-endian machines only.");
        var reader = new IndexReader(stream, file);
        Span<byte> magic = stackalloc byte[Magic.Length];
        reader.Bytes(magic);
        if (!magic.SequenceEqual(Magic)) throw reader.Damage("this is no file of an index.");
        reader.Int32(Version, Version, "the version");
        string kind = reader.Text(LongestKind, "the kind");
        var known = IndexKinds.Find(kind) ?? throw reader.Damage($"the kind of index is none of {string.Join(", ", IndexKinds.All.Select(k => k.Name))}.");
        int dimension = reader.Int32(1, VectorIndex.MostDimensions, "the dimension");
        var metric = (VectorMetric)reader.Int32(0, (int)VectorMetric.Hamming, "the metric");
        var elements = (VectorElement)reader.Int32(0, (int)VectorElement.Binary, "the way of storing elements");
        if ((metric == VectorMetric.Hamming) != (elements == VectorElement.Binary)) throw reader.Damage($"the metric {metric} does not go with {elements}.");
        int ef = reader.Int32(1, VectorIndex.MostEf, "the default ef");
        var index = known.Create(new(dimension) { Metric = metric, Elements = elements });
        index.DefaultEf = ef;
        try
        {
            ReadRows(reader, index.Store);
            index.Read(reader);
            uint checksum = reader.Checksum;
            if (reader.Int32() != (int)checksum) throw reader.Damage("the checksum is wrong.");
            if (reader.Left != 0) throw reader.Damage($"{reader.Left} bytes follow the end.");
            index.Store.Publish([.. Enumerable.Range(0, index.Store.Slots)]);
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    static void ReadRows(IndexReader reader, VectorStore store)
    {
        int count = reader.Count(sizeof(long) + store.Rows.Stride, "the number of vectors");
        store.Reserve(count);
        for (int slot = 0; slot < count; slot++)
        {
            long id = reader.Int64();
            if (store.TryFind(id, out _)) throw reader.Damage($"the id {id} occurs twice.");
            store.AddUnfilled(id);
        }
        for (int slot = 0; slot < count; slot++)
        {
            reader.Bytes(new(store.Rows.Row(slot), store.Rows.Stride));
            if (!store.Codec.IsSound(store.Rows.Row(slot))) throw reader.Damage($"vector {slot} has an element that is not finite or too large.");
        }
    }
}
