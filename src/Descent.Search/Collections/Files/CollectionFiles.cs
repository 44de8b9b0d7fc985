namespace Descent.Search;

/// <summary>Reading a collection's files into a state.</summary>
static class CollectionFiles
{
    /// <summary>The records of the segments that a manifest names.</summary>
    /// <exception cref="InvalidDataException">A file is damaged or missing.</exception>
    internal static CollectionState<TKey> ReadSegments<TKey>(CollectionFolder folder, Manifest manifest, CollectionOptions options) where TKey : notnull
    {
        var state = new CollectionState<TKey>(manifest, options);
        var table = state.Table;
        var segments = new List<Segment>();
        foreach (var (number, length) in manifest.Segments)
        {
            string path = folder.Segment(number);
            segments.Add(Segment.Open<TKey>(path, manifest, length, state.Codec,
                (segment, row, key, sequence) =>
                {
                    CheckSequence(key, sequence);
                    if (table.TryFindSequence(sequence, out _)) throw new InvalidDataException($"{path}: byte {length}: change {sequence} is in the segments twice.");
                    table.Put(new(key, sequence, segment, row));
                },
                (key, sequence) =>
                {
                    CheckSequence(key, sequence);
                    table.Delete(key);
                }));

            void CheckSequence(TKey key, long sequence)
            {
                if (sequence < 1 || sequence > manifest.Sequence || table.TryFind(key, out int slot) && table[slot].Sequence >= sequence)
                    throw new InvalidDataException($"{path}: byte {length}: the table has change {sequence}, which is not between those of segments before and {manifest.Sequence}.");
            }
        }
        state.Segments = segments;
        return state;
    }

    /// <summary>The index that a manifest names; null where it names none, or none that can be used, for it can be made anew.</summary>
    /// <param name="isMapped">Whether its vectors stay in the file: quick to open, and in memory once for all who read it, but only as sound as the file.</param>
    internal static VectorIndex? ReadIndex(CollectionFolder folder, Manifest manifest, List<string> notes, bool isMapped)
    {
        if (manifest.Index == 0) return null;
        string path = folder.Index(manifest.Index);
        try
        {
            var index = VectorIndex.Open(path, isMapped);
            if (index.Dimension == manifest.Dimension && index.Metric == manifest.Metric && index.Elements == manifest.Elements) return index;
            index.Dispose();
            notes.Add($"{path}: an index of other vectors, left aside; the index is made anew.");
        }
        catch (Exception error) when (error is InvalidDataException or FileNotFoundException)
        {
            notes.Add($"{error.Message} The index is made anew.");
        }
        return null;
    }

    /// <summary>Replays a log to its last whole frame.</summary>
    internal static void Replay<TKey>(ReadLog<TKey> log, CollectionState<TKey> state) where TKey : notnull
    {
        while (log.Next(state.Sequence + 1) is { } body) state.Replay(body);
    }
}
