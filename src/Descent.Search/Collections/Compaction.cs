namespace Descent.Search;

/// <summary>Moves records out of the log into segments, and out of old segments into new ones; then the manifest names the new files, then the old ones go.</summary>
sealed class Compaction<TKey>(CollectionFolder folder, Manifest manifest, CollectionState<TKey> state) where TKey : notnull
{
    // The index is written again when a quarter of it is new; until then the old one is completed when it is read.
    const int IndexShare = 4;

    // Writing the index takes as long as linking a sixteenth of it, which opening would have to do.
    const int IndexShareAtEnd = 16;

    Manifest _manifest = manifest;

    internal Manifest Manifest => Volatile.Read(ref _manifest);

    /// <summary>Why the last one failed; null where it did not. Nothing is lost then: the logs are still there.</summary>
    internal Exception? Fault { get; private set; }

    /// <summary>Notes what is to be moved, when the log has just been changed for the next and nothing is written.</summary>
    /// <returns>What moves it, whenever that may be.</returns>
    internal Action Prepare(long firstLog, bool whole)
    {
        var copy = state.Copy();
        long sequence = state.Sequence;
        return () =>
        {
            try
            {
                if (whole) state.Index.LinkEverything();
                Array.Sort(copy, static (a, b) => a.Sequence.CompareTo(b.Sequence));
                Run(copy, sequence, firstLog, whole);
                Fault = null;
            }
            catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                Fault = error;
            }
        };
    }

    /// <summary>Writes the index, if much of it is in no file and nothing else writes any more.</summary>
    internal void SaveIndexAtEnd()
    {
        try
        {
            if (state.Index is not { Main: { } main, Unsaved: > 0 and var unsaved } || unsaved * IndexShareAtEnd < main.Count) return;
            var next = SaveIndex(_manifest with { Generation = _manifest.Generation + 1 }, whole: true);
            next.Save(folder.Manifest);
            Volatile.Write(ref _manifest, next);
            folder.RemoveUnnamed(next);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // It is made anew from what there is.
            Fault = error;
        }
    }

    /// <summary>Notes why one could not begin.</summary>
    internal void NoteFault(Exception error) => Fault = error;

    void Run(StoredRecord<TKey>[] records, long sequence, long firstLog, bool whole)
    {
        int kept = CountKept(records);
        var merged = state.Segments.Skip(kept).ToHashSet();
        var moving = Array.FindAll(records, record => record.Source is not Segment segment || merged.Contains(segment));
        var next = _manifest with { Generation = _manifest.Generation + 1, FirstLog = firstLog, Sequence = sequence, Segments = _manifest.Segments[..kept] };
        List<(TKey Key, long Sequence)> deleted = kept == 0 ? [] : FindDeleted(records, kept, sequence);
        Segment? written = null;
        if (moving.Length + deleted.Count > 0)
        {
            string path = folder.Segment(next.NextFile);
            long length = SegmentWriter.Save(path, next, moving, deleted);
            next = next with { Segments = [.. next.Segments, (next.NextFile, length)], NextFile = next.NextFile + 1 };
            written = Segment.Open<TKey>(path, next, length, state.Codec, static (_, _, _, _) => { }, static (_, _) => { });
        }
        next = SaveIndex(next, whole);
        next.Save(folder.Manifest);
        if (written is not null) state.Move(written, moving.Select(record => record.Sequence));
        state.Segments = [.. state.Segments.Take(kept), .. written is null ? Array.Empty<Segment>() : [written]];
        Volatile.Write(ref _manifest, next);
        folder.RemoveUnnamed(next);
    }

    /// <summary>How many segments stay as they are: those that are more than twice as large as all that is moved behind them, if half of what they hold is alive.</summary>
    int CountKept(StoredRecord<TKey>[] records)
    {
        if (state.Segments.Sum(segment => (long)segment.Rows) > 2L * records.Length) return 0;
        int kept = state.Segments.Count;
        long rows = records.Count(record => record.Source is not Segment);
        while (kept > 0 && state.Segments[kept - 1].Rows <= 2 * rows) rows += state.Segments[--kept].Rows;
        return kept;
    }

    /// <summary>The keys of segments that stay which no record has any more.</summary>
    List<(TKey, long)> FindDeleted(StoredRecord<TKey>[] records, int kept, long sequence)
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
