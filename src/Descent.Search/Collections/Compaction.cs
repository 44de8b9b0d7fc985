namespace Descent.Search;

/// <summary>Moves records out of the log into segments, and out of old segments into new ones; then the manifest names the new files, then the old ones go.</summary>
sealed class Compaction<TKey>(CollectionFolder folder, Manifest manifest, CollectionState<TKey> state, List<Segment> segments) where TKey : notnull
{
    // The index is written again when a quarter of it is new; until then the old one is completed when it is read.
    const int IndexShare = 4;

    Manifest _manifest = manifest;
    List<Segment> _segments = segments;

    internal Manifest Manifest => Volatile.Read(ref _manifest);

    /// <summary>Why the last one failed; null where it did not. Nothing is lost then: the logs are still there.</summary>
    internal Exception? Fault { get; private set; }

    /// <summary>Notes what is to be moved, when the log has just been changed for the next and nothing is written.</summary>
    /// <returns>What moves it, whenever that may be.</returns>
    internal Action Prepare(long firstLog, bool whole)
    {
        var records = state.Snapshot();
        long sequence = state.Sequence;
        return () =>
        {
            try
            {
                if (whole) state.Index.LinkEverything();
                Run(records, sequence, firstLog, whole);
                Fault = null;
            }
            catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                Fault = error;
            }
        };
    }

    void Run(List<StoredRecord<TKey>> records, long sequence, long firstLog, bool whole)
    {
        int kept = CountKept(records);
        var merged = _segments.Skip(kept).ToHashSet();
        var moving = records.FindAll(record => record.Source is not Segment segment || merged.Contains(segment));
        var next = _manifest with { Generation = _manifest.Generation + 1, FirstLog = firstLog, Sequence = sequence, Segments = _manifest.Segments[..kept] };
        List<(TKey Key, long Sequence)> deleted = kept == 0 ? [] : FindDeleted(records, kept, sequence);
        Segment? written = null;
        if (moving.Count + deleted.Count > 0)
        {
            string path = folder.Segment(next.NextFile);
            long length = SegmentWriter.Save(path, next, moving, deleted);
            next = next with { Segments = [.. next.Segments, (next.NextFile, length)], NextFile = next.NextFile + 1 };
            written = Segment.Open<TKey>(path, next, length, state.Codec, static (_, _, _, _) => { }, static (_, _) => { });
        }
        next = SaveIndex(next, whole);
        next.Save(folder.Manifest);
        if (written is not null) state.Move(written, moving.Select(record => record.Sequence));
        _segments = [.. _segments.Take(kept), .. written is null ? Array.Empty<Segment>() : [written]];
        Volatile.Write(ref _manifest, next);
        folder.RemoveUnnamed(next);
    }

    /// <summary>How many segments stay as they are: those that are more than twice as large as all that is moved behind them, if half of what they hold is alive.</summary>
    int CountKept(List<StoredRecord<TKey>> records)
    {
        if (_segments.Sum(segment => (long)segment.Rows) > 2L * records.Count) return 0;
        int kept = _segments.Count;
        long rows = records.Count(record => record.Source is not Segment);
        while (kept > 0 && _segments[kept - 1].Rows <= 2 * rows) rows += _segments[--kept].Rows;
        return kept;
    }

    /// <summary>The keys of segments that stay which no record has any more.</summary>
    List<(TKey, long)> FindDeleted(List<StoredRecord<TKey>> records, int kept, long sequence)
    {
        var alive = records.Select(record => record.Key).ToHashSet();
        var deleted = new HashSet<TKey>();
        foreach (var (number, length) in _manifest.Segments.AsSpan(0, kept))
        {
            Segment.Open<TKey>(folder.Segment(number), _manifest, length, state.Codec,
                (_, _, key, _) =>
                {
                    if (!alive.Contains(key)) deleted.Add(key);
                },
                (key, _) => deleted.Remove(key)).Close();
        }
        return [.. deleted.Select(key => (key, sequence))];
    }

    Manifest SaveIndex(Manifest next, bool whole)
    {
        var index = state.Index;
        if (index.Main is not { } main || index.Unsaved == 0 && next.Index != 0 || !whole && index.Unsaved * IndexShare < main.Count && next.Index != 0) return next;
        long unsaved = index.Unsaved;
        main.Save(folder.Index(next.NextFile));
        Durable.FlushFolder(folder.Root);
        index.NoteSaved(unsaved);
        return next with { Index = next.NextFile, NextFile = next.NextFile + 1 };
    }
}
