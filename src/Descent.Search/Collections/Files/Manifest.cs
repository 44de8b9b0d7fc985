namespace Descent.Search;

/// <summary>What of a folder's files is the collection: replaced as a whole, so that at every moment there is one state to read.</summary>
/// <remarks>Magic, version, the fields in their order, and a CRC-32 of all before it.</remarks>
sealed record Manifest
{
    const int Version = 1;

    // Room for 50,000 segments; there are never more than some.
    const int MostBytes = 1 << 20;

    /// <summary>A number drawn when the collection was made, in all its files, so that those of two are not mixed.</summary>
    public required long Collection { get; init; }

    /// <summary>Rises with every manifest.</summary>
    public long Generation { get; init; } = 1;

    /// <summary>The type of keys, as <see cref="KeyCodec{TKey}.Kind"/> numbers it.</summary>
    public required int Keys { get; init; }

    public required int Dimension { get; init; }

    public required VectorMetric Metric { get; init; }

    public required VectorElement Elements { get; init; }

    /// <summary>The log that holds what follows the segments.</summary>
    public long FirstLog { get; init; } = 1;

    /// <summary>The last change that is in the segments.</summary>
    public long Sequence { get; init; }

    /// <summary>The number of the next segment or index.</summary>
    public long NextFile { get; init; } = 1;

    /// <summary>The index; 0 where there is none.</summary>
    public long Index { get; init; }

    /// <summary>Segments, later changes later, with their lengths in bytes.</summary>
    public (long Number, long Length)[] Segments { get; init; } = [];

    static ReadOnlySpan<byte> Magic => "DESCCOL\n"u8;

    internal void Save(string path) => Durable.Write(path, stream =>
    {
        var writer = new IndexWriter(stream);
        writer.Bytes(Magic);
        writer.Int32(Version);
        writer.Int64(Collection);
        writer.Int64(Generation);
        writer.Int32(Keys);
        writer.Int32(Dimension);
        writer.Int32((int)Metric);
        writer.Int32((int)Elements);
        writer.Int64(FirstLog);
        writer.Int64(Sequence);
        writer.Int64(NextFile);
        writer.Int64(Index);
        writer.Int32(Segments.Length);
        foreach (var (number, length) in Segments)
        {
            writer.Int64(number);
            writer.Int64(length);
        }
        writer.Int32((int)writer.Checksum);
    });

    /// <exception cref="InvalidDataException">The file is damaged or none of ours.</exception>
    internal static Manifest Load(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length > MostBytes) throw new InvalidDataException($"{path}: byte {MostBytes}: a manifest is never as long as {file.Length} bytes.");
        var reader = new IndexReader(file, path);
        Span<byte> magic = stackalloc byte[Magic.Length];
        reader.Bytes(magic);
        if (!magic.SequenceEqual(Magic)) throw reader.Damage("this is no manifest of a collection.");
        reader.Int32(Version, Version, "the version");
        var manifest = new Manifest
        {
            Collection = reader.Int64(),
            Generation = Number("the generation", 1),
            Keys = reader.Int32(1, 2, "the type of keys"),
            Dimension = reader.Int32(1, VectorIndex.MostDimensions, "the dimension"),
            Metric = (VectorMetric)reader.Int32(0, (int)VectorMetric.Hamming, "the metric"),
            Elements = (VectorElement)reader.Int32(0, (int)VectorElement.Binary, "the way of storing elements"),
            FirstLog = Number("the first log", 1),
            Sequence = Number("the last change", 0),
            NextFile = Number("the next number of a file", 1),
            Index = Number("the index", 0),
            Segments = new (long, long)[reader.Count(2 * sizeof(long), "the number of segments")],
        };
        if ((manifest.Metric == VectorMetric.Hamming) != (manifest.Elements == VectorElement.Binary)) throw reader.Damage($"the metric {manifest.Metric} does not go with {manifest.Elements}.");
        foreach (ref var segment in manifest.Segments.AsSpan()) segment = (Number("a segment", 1), Number("the length of a segment", 1));
        uint checksum = reader.Checksum;
        if (reader.Int32() != (int)checksum) throw reader.Damage("the checksum is wrong.");
        if (reader.Left != 0) throw reader.Damage($"{reader.Left} bytes follow the end.");
        return manifest;

        long Number(string name, long least)
        {
            long value = reader.Int64();
            return value >= least && value < long.MaxValue / 2 ? value : throw reader.Damage($"{name} is {value}.");
        }
    }
}
