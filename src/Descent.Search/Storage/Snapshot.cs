using System.Runtime.CompilerServices;
using Descent.Tensors;

namespace Descent.Search;

/// <summary>The vectors of an index as of one moment. Valid while its reader has not left; see <see cref="Epochs"/>.</summary>
/// <remarks>
/// Slots hold more than the snapshot does: what was removed before, and what was added since. Their rows may be read, and may be
/// written meanwhile; what is measured there counts for nothing unless <see cref="Holds(int)"/> says so.
/// </remarks>
sealed unsafe class Snapshot
{
    readonly SlotTable _table;
    readonly long[] _ids;
    readonly Life[] _lives;
    readonly byte* _start;
    readonly Tensor? _block;

    internal Snapshot(RowCodec codec, SlotTable table, Life[] lives, int slots, int count, long version, long lastBirth)
    {
        (Codec, Slots, Count, Version, LastBirth) = (codec, slots, count, version, lastBirth);
        (_table, _ids, _lives, _block) = (table, table.Ids, lives, table.Rows.Block);
        _start = table.Rows.Start;
    }

    internal RowCodec Codec { get; }

    /// <summary>Slots from 0 on in which its vectors lie.</summary>
    internal int Slots { get; }

    /// <summary>Vectors in it.</summary>
    internal int Count { get; }

    /// <summary>Rises with every change that is published.</summary>
    internal long Version { get; }

    /// <summary>The version of the last change that added to it.</summary>
    internal long LastBirth { get; }

    /// <summary>Changes that had begun when it was published.</summary>
    internal long Changes { get; init; }

    /// <summary>The ids by slot, of those that it holds.</summary>
    internal ReadOnlySpan<long> Ids => _ids.AsSpan(0, Slots);

    /// <summary>Whether the vector of a slot belongs to the snapshot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Holds(int slot)
    {
        if ((uint)slot >= (uint)Slots) return false;
        // In this order: a slot that is used again is first made one that nobody holds, then one that has not died.
        ref Life life = ref _lives[slot];
        return Version < Volatile.Read(ref life.Died) && Volatile.Read(ref life.Born) <= Version;
    }

    /// <summary>Whether slots mean the same as in another snapshot.</summary>
    internal bool HasSlotsOf(Snapshot other) => _table == other._table;

    /// <summary>Whether its slots are those of a table.</summary>
    internal bool HasSlotsOf(SlotTable table) => _table == table;

    /// <summary>Whether the vector of a slot was there already in some version.</summary>
    internal bool WasBornBy(int slot, long version) => Volatile.Read(ref _lives[slot].Born) <= version;

    /// <summary>Whether a slot belongs to the snapshot and its id passes.</summary>
    internal bool Holds(int slot, Predicate<long>? filter) => Holds(slot) && (filter is null || filter(_ids[slot]));

    /// <summary>The share of all that passes a filter, of some all over the index.</summary>
    internal double ShareOf(Predicate<long> filter)
    {
        const int tried = 256;
        int passing = 0, held = 0, step = Math.Max(1, Slots / tried);
        for (int slot = 0; slot < Slots; slot += step)
        {
            if (!Holds(slot)) continue;
            held++;
            if (filter(_ids[slot])) passing++;
        }
        return (double)passing / Math.Max(1, held);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte* Row(int slot) => _start + (nint)slot * Codec.Stride;

    /// <summary>Some rows of float32 as a matrix, without a copy.</summary>
    internal Tensor Floats(int start, int count) => _block![start..(start + count)];
}

/// <summary>From which version on a slot's vector is there, and from which on no more.</summary>
struct Life
{
    /// <summary>The version of what has not come yet.</summary>
    internal const long Never = long.MaxValue;

    internal long Born, Died;
}
