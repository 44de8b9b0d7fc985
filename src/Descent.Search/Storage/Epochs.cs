using System.Runtime.CompilerServices;

namespace Descent.Search;

/// <summary>Tells when no search can hold any more what a change has taken away: memory grown out of, and slots of what was removed.</summary>
/// <remarks>
/// <para>How searches run beside changes, which is the same for every kind of index:</para>
/// <para>
/// Changes come one at a time, under the index's lock. Searches take no lock and never wait: they enter here, load the one
/// <see cref="Snapshot"/> that holds at that moment, and leave when they are done. A vector is in a snapshot by the numbers of
/// the versions in which it was born and died, so that all of a change is seen or nothing of it, and the old vector of an id
/// or its new one.
/// </para>
/// <para>
/// What a search can come by is never taken from under it. A row is written whole before a link, a table or a snapshot names its
/// slot, and not again while the slot is in use. Memory that grows is copied; the new block is published before anything that
/// lies beyond the old one's end. Lists of links are rewritten in place, one number at a time: each number is an old or a new
/// one, both name nodes that are sound, and −1 ends a list wherever it stands.
/// </para>
/// <para>
/// What nothing leads to any more is retired: it is reclaimed when all have left that entered before it was retired. Until then
/// the rows and links of what was removed stay as they were. A node's number is used again only after that, too.
/// </para>
/// <para>
/// So what keeps data by slots of its own does this. Changing: write what a slot has, with memory from a
/// <see cref="RowMemory"/> (which retires what it grows out of), before linking it; take all links to a removed slot away before
/// returning from <c>Unlink</c>, and leave its data as it is. Searching: read the count of nodes first, then the addresses of
/// memory, once for each walk, then pass over nodes from that count on; drop what the snapshot does not hold when collecting.
/// Where a whole structure is made anew, it is made aside, published with one write, and the old one disposed of, which retires it.
/// </para>
/// <para>
/// A reader publishes its epoch by an interlocked exchange, a full fence, before it loads any address; a change fences between
/// taking away and looking who is there. So either the change sees the reader, or the reader sees what the change has done.
/// </para>
/// </remarks>
sealed class Epochs
{
    readonly Stripe _stripe = new();
    readonly Queue<(long Epoch, Action Reclaim)> _retired = [];
    long _epoch = 1;

    /// <summary>Begins reading; what is loaded from now on stays until the result is disposed of.</summary>
    /// <param name="owner">Who has what is read, which so is not collected as garbage while only addresses in it are in use.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Reading Enter(object owner)
    {
        // An epoch older than the present one only keeps more from being reclaimed.
        long epoch = Volatile.Read(ref _epoch);
        ref long place = ref _stripe.Place(Environment.CurrentManagedThreadId);
        return Volatile.Read(ref place) == 0 && Interlocked.CompareExchange(ref place, epoch, 0) == 0 ? new(owner, ref place) : EnterElsewhere(owner, epoch);
    }

    /// <summary>Has something done when nobody can hold any more what nothing leads to now. Called by the one that changes.</summary>
    internal void Retire(Action reclaim) => _retired.Enqueue((_epoch, reclaim));

    /// <summary>Ends a change: who enters from now on cannot come by what it retired.</summary>
    internal void Advance() => Interlocked.Increment(ref _epoch);

    /// <summary>Reclaims what nobody can hold any more. Called by the one that changes.</summary>
    internal void Reclaim()
    {
        if (_retired.Count == 0) return;
        Interlocked.MemoryBarrier();
        long oldest = long.MaxValue;
        for (var stripe = _stripe; stripe is not null; stripe = stripe.Next) oldest = Math.Min(oldest, stripe.Oldest());
        while (_retired.TryPeek(out var first) && first.Epoch < oldest) _retired.Dequeue().Reclaim();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    Reading EnterElsewhere(object owner, long epoch)
    {
        int start = Environment.CurrentManagedThreadId;
        for (var stripe = _stripe; ; stripe = stripe.NextOrNew())
            for (int i = 0; i < Stripe.Places; i++)
            {
                ref long place = ref stripe.Place(start + i);
                if (Volatile.Read(ref place) == 0 && Interlocked.CompareExchange(ref place, epoch, 0) == 0) return new(owner, ref place);
            }
    }

    /// <summary>A search under way.</summary>
    internal readonly ref struct Reading
    {
        readonly object _owner;
        readonly ref long _place;

        internal Reading(object owner, ref long place)
        {
            _owner = owner;
            _place = ref place;
        }

        public void Dispose()
        {
            Volatile.Write(ref _place, 0);
            GC.KeepAlive(_owner);
        }
    }

    /// <summary>Places that readers take, each with a line of the cache for itself: the epoch in which one entered, 0 in a free one.</summary>
    sealed class Stripe
    {
        internal const int Places = 32;

        const int Line = 128 / sizeof(long);

        readonly long[] _places = new long[(Places + 1) * Line];
        Stripe? _next;

        internal Stripe? Next => Volatile.Read(ref _next);

        internal ref long Place(int number) => ref _places[((number & (Places - 1)) + 1) * Line];

        internal long Oldest()
        {
            long oldest = long.MaxValue;
            for (int i = 0; i < Places; i++)
                if (Volatile.Read(ref Place(i)) is var epoch and not 0) oldest = Math.Min(oldest, epoch);
            return oldest;
        }

        internal Stripe NextOrNew()
        {
            if (Next is null) Interlocked.CompareExchange(ref _next, new(), null);
            return Next!;
        }
    }
}
