namespace Descent.Search;

/// <summary>Room in which one thread at a time compares some queries with rows.</summary>
/// <param name="width">Floats of a query.</param>
/// <param name="k">Neighbours of each.</param>
sealed unsafe class ByteWorker(int width, int k) : IDisposable
{
    internal const int Queries = ByteSearch.Together * ByteStrip.Rows;

    readonly float[] _vectors = new float[Queries * width];
    readonly RowMemory _room = NewRoom(width);
    float[] _distances = new float[4 * k];
    ulong[] _keys = new ulong[4 * k];

    internal ByteCandidates[] Candidates { get; } = [.. Enumerable.Range(0, Queries).Select(_ => new ByteCandidates(k))];

    internal byte* Room(int strip) => _room.Row(strip);

    internal Span<float> Vector(int i) => _vectors.AsSpan(i * width, width);

    internal ReadOnlySpan<float> Vectors(int first, int count) => _vectors.AsSpan(first * width, count * width);

    /// <summary>Room for some distances.</summary>
    internal Span<float> Distances(int count)
    {
        if (_distances.Length < count) _distances = new float[2 * count];
        return _distances.AsSpan(0, count);
    }

    /// <summary>Room for some keys.</summary>
    internal Span<ulong> Keys(int count)
    {
        if (_keys.Length < count) _keys = new ulong[2 * count];
        return _keys.AsSpan(0, count);
    }

    public void Dispose() => _room.Dispose();

    static RowMemory NewRoom(int width)
    {
        var room = new RowMemory(ByteStrip.Size(width));
        room.Reserve(ByteSearch.Together);
        return room;
    }
}
