using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors.Kernels;

/// <summary>The gradients of attention, its weights computed again tile by tile from the logarithms that the forward pass kept.</summary>
/// <remarks>
/// With P the weights and dP = dO·Vᵀ: dV = Pᵀ·dO, dS = P ∘ (dP − rowsum(dO ∘ O)), dQ = dS·K, dK = dSᵀ·Q. An item is a head
/// of keys, its blocks of keys one after the other: each takes the gradients of its keys and values whole, and adds to
/// those of the queries. So everything is computed once and summed in one order. Where there are few heads, an item has
/// every n-th block, and what the items found for the queries is added up afterwards, in order.
/// </remarks>
unsafe struct AttentionBackward<T, V, L> : IParallelBody
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : struct
    where L : IFloatLanes<T, V>
{
    AttentionJob<T> _job;
    int _shares;

    // By (query head, share, query, width): what each share of a head's keys adds to the queries' gradients; null where there is one.
    T* _partials;

    /// <summary>Items that a head of keys is cut into, whatever the number of threads.</summary>
    internal static int Shares(in AttentionJob<T> job)
    {
        const int enough = 8;
        int blocks = (job.Keys + AttentionBlock<T, V, L>.MostKeys - 1) / AttentionBlock<T, V, L>.MostKeys;
        return Math.Max(1, Math.Min(enough / job.Units, blocks / 4));
    }

    /// <param name="job">The job.</param>
    /// <param name="partials">Room for (heads of the query, shares, queries, width) where there is more than one share.</param>
    internal static void Run(in AttentionJob<T> job, T* partials)
    {
        var body = new AttentionBackward<T, V, L> { _job = job, _shares = Shares(job), _partials = partials };
        WorkerPool.For(job.Units * body._shares, body);
        if (body._shares > 1 && job.Tensors[(int)AttentionTensor.QueryGradient].Start != null)
            WorkerPool.For(job.QueryHeads, new AddShares { Job = job, Shares = body._shares, Partials = partials });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Invoke(int index)
    {
        (int unit, int share) = Math.DivRem(index, _shares);
        var work = new Workspace(_job, _job.Head(unit * _job.Group));
        for (int member = 0; member < _job.Group; member++)
        {
            var head = _job.Head(unit * _job.Group + member);
            Fetch(head, share * Workspace.MostKeys);
            work.Start(_job, head);
            for (int key = share * Workspace.MostKeys; key < head.Keys; key += _shares * Workspace.MostKeys)
                Block(work, head, key, Math.Min(Workspace.MostKeys, head.Keys - key));
            if (_job.Tensors[(int)AttentionTensor.QueryGradient].Start == null) continue;
            T* partial = _partials == null ? null : _partials + ((nint)(unit * _job.Group + member) * _shares + share) * _job.Queries * _job.Width;
            work.Finish(_job, head, partial);
        }
    }

    /// <summary>One block of keys against all queries that see one of them.</summary>
    readonly void Block(in Workspace work, in AttentionHead<T> head, int key, int keys)
    {
        int rows = AttentionTile<T, V, L>.Rows, pitch = AttentionTile<T, V, L>.Pitch, width = _job.Width, valueWidth = _job.ValueWidth;
        bool drops = _job.Keep < 1;
        AttentionPacking<T, V, L>.Keys(_job, AttentionTensor.Key, head, key, keys, width, work.KeyPanels, work.Buffer);
        AttentionPacking<T, V, L>.Keys(_job, AttentionTensor.Value, head, key, keys, valueWidth, work.ValuePanels, work.Buffer);
        AttentionPacking<T, V, L>.KeyColumns(_job, AttentionTensor.Key, head, key, keys, width, work.KeyColumns, work.Buffer);
        Fetch(head, key + _shares * Workspace.MostKeys);
        // Of several heads of a group the sums are kept for all keys, of one for the block at hand.
        nint place = _job.Group > 1 ? key : 0;
        T* keySums = work.KeySums + place * work.WholeWidth, valueSums = work.ValueSums + place * work.WholeValueWidth;
        if (head.Member == 0)
        {
            int whole = (keys + rows - 1) / rows * rows;
            new Span<T>(keySums, whole * work.WholeWidth).Clear();
            new Span<T>(valueSums, whole * work.WholeValueWidth).Clear();
        }
        for (int b = 0; b < work.Blocks; b++)
        {
            int start = b * work.Vectors / work.Blocks, count = (b + 1) * work.Vectors / work.Blocks - start, query = start * L.Count;
            var block = new AttentionBlock<T, V, L>(_job, head, query, count, key, keys);
            if (block.SeenByAny == 0 || !block.ReadMask(work.Mask)) continue;
            T* weights = work.Scores, slopes = work.Slopes;
            block.Scores(work.KeyPanels, work.QueryPanels + (nint)b * width * pitch, weights, work.Mask, work.Lanes, null);
            Exponentials(block, weights, work.LogSums + query);
            block.Multiply(work.ValuePanels, valueWidth, work.GradientPanels + (nint)b * valueWidth * pitch, slopes, null);
            T* dropped = weights;
            if (drops)
            {
                block.ReadKept(work.Kept);
                Drop(block, weights, slopes, work.Kept);
                dropped = work.Kept;
            }
            block.AddRowsTo(valueSums, dropped, work.GradientRows + (nint)query * work.WholeValueWidth, work.WholeValueWidth);
            Slopes(block, weights, slopes, work.Products + query);
            block.AddRowsTo(keySums, slopes, work.QueryRows + (nint)query * work.WholeWidth, work.WholeWidth);
            block.AddTo(work.QuerySums + (nint)b * work.PanelWidth * pitch, work.KeyColumns, work.PanelWidth, slopes);
        }
        if (head.Member < _job.Group - 1) return;
        if (_job.Tensors[(int)AttentionTensor.KeyGradient].Start != null)
            _job.Write(AttentionTensor.KeyGradient, head, key, keySums, work.WholeWidth, keys, width, _job.Scale);
        if (_job.Tensors[(int)AttentionTensor.ValueGradient].Start != null)
            _job.Write(AttentionTensor.ValueGradient, head, key, valueSums, work.WholeValueWidth, keys, valueWidth, T.One);
    }

    readonly void Fetch(in AttentionHead<T> head, int key)
    {
        int keys = Math.Min(Workspace.MostKeys, head.Keys - key);
        AttentionPacking<T, V, L>.Prefetch(_job, AttentionTensor.Key, head, key, keys, _job.Width);
        AttentionPacking<T, V, L>.Prefetch(_job, AttentionTensor.Value, head, key, keys, _job.ValueWidth);
    }

    /// <summary>Scores to weights; 0 where a tile of keys has rows that a vector of queries does not see.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Exponentials(in AttentionBlock<T, V, L> block, T* scores, T* logSums)
    {
        nint pitch = AttentionTile<T, V, L>.Pitch;
        for (int v = 0; v < block.Vectors; v++, scores += L.Count, logSums += L.Count)
        {
            V sum = L.Load(logSums);
            int seen = block.Seen(v, first: false);
            T* at = scores, end = scores + seen * pitch;
            for (; at < end; at += pitch)
                L.Store(Exponential.PowerOfTwo<T, V, L>(L.Subtract(L.Load(at), sum)), at);
            for (int j = seen; j % AttentionTile<T, V, L>.Rows != 0; j++, at += pitch) L.Store(default, at);
        }
    }

    /// <summary>dP ∘ kept, and the weights ∘ kept in place of what is kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Drop(in AttentionBlock<T, V, L> block, T* weights, T* slopes, T* kept)
    {
        nint pitch = AttentionTile<T, V, L>.Pitch;
        for (int v = 0; v < block.Vectors; v++)
        {
            int seen = block.Seen(v, first: false);
            nint at = v * L.Count;
            for (int j = 0; j < seen; j++, at += pitch)
            {
                V k = L.Load(kept + at);
                L.Store(L.Multiply(L.Load(slopes + at), k), slopes + at);
                L.Store(L.Multiply(L.Load(weights + at), k), kept + at);
            }
            for (int j = seen; j % AttentionTile<T, V, L>.Rows != 0; j++, at += pitch) L.Store(default, kept + at);
        }
    }

    /// <summary>dS = P ∘ (dP − the row's product of output and gradient).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Slopes(in AttentionBlock<T, V, L> block, T* weights, T* slopes, T* products)
    {
        nint pitch = AttentionTile<T, V, L>.Pitch;
        for (int v = 0; v < block.Vectors; v++)
        {
            V product = L.Load(products + v * L.Count);
            int seen = block.Seen(v, first: false);
            nint at = v * L.Count;
            for (int j = 0; j < seen; j++, at += pitch)
                L.Store(L.Multiply(L.Load(weights + at), L.Subtract(L.Load(slopes + at), product)), slopes + at);
            for (int j = seen; j % AttentionTile<T, V, L>.Rows != 0; j++, at += pitch) L.Store(default, slopes + at);
        }
    }

    /// <summary>What an item keeps of one head: its queries and their gradients in the forms that the products read.</summary>
    ref struct Workspace
    {
        internal const int MostKeys = AttentionBlock<T, V, L>.MostKeys;

        internal readonly int Vectors, Blocks, WholeWidth, WholeValueWidth, PanelWidth;
        internal readonly T* QueryPanels, QueryRows, QuerySums, GradientPanels, GradientRows, LogSums, Products;
        internal readonly T* KeyPanels, KeyColumns, ValuePanels, KeySums, ValueSums, Scores, Slopes, Lanes, Mask, Kept, Buffer;

        internal Workspace(in AttentionJob<T> job, in AttentionHead<T> head)
        {
            int rows = AttentionTile<T, V, L>.Rows, pitch = AttentionTile<T, V, L>.Pitch, width = job.Width, valueWidth = job.ValueWidth;
            Vectors = (head.Queries + L.Count - 1) / L.Count;
            Blocks = (Vectors + 2) / 3;
            (WholeWidth, WholeValueWidth, PanelWidth) = (Up(width, L.Count), Up(valueWidth, L.Count), Up(width, rows));
            nint queries = (nint)Vectors * L.Count, panels = (nint)Blocks * pitch, sums = job.Group > 1 ? Up(head.Keys, MostKeys) : MostKeys;
            nint tiles = 2 + (job.Mask != AttentionMask.None ? 1 : 0) + (job.Keep < 1 ? 1 : 0);
            T* at = Scratch.Get<T>(ScratchSlot.RightPanels, panels * (width + valueWidth + PanelWidth) + (queries + sums) * (WholeWidth + WholeValueWidth) + 2 * queries
                + MostKeys * (nint)(width + valueWidth + PanelWidth) + tiles * MostKeys * pitch + pitch
                + (job.Storage == ElementStorage.Same ? 0 : (nint)Math.Max(MostKeys, pitch) * Math.Max(width, valueWidth)));
            QueryPanels = Take(ref at, panels * width);
            QuerySums = Take(ref at, panels * PanelWidth);
            GradientPanels = Take(ref at, panels * valueWidth);
            QueryRows = Take(ref at, queries * WholeWidth);
            GradientRows = Take(ref at, queries * WholeValueWidth);
            LogSums = Take(ref at, queries);
            Products = Take(ref at, queries);
            KeySums = Take(ref at, sums * WholeWidth);
            ValueSums = Take(ref at, sums * WholeValueWidth);
            KeyPanels = Take(ref at, MostKeys * width);
            KeyColumns = Take(ref at, MostKeys * PanelWidth);
            ValuePanels = Take(ref at, MostKeys * valueWidth);
            Scores = Take(ref at, MostKeys * pitch);
            Slopes = Take(ref at, MostKeys * pitch);
            Lanes = Take(ref at, pitch);
            if (job.Mask != AttentionMask.None) Mask = Take(ref at, MostKeys * pitch);
            if (job.Keep < 1) Kept = Take(ref at, MostKeys * pitch);
            Buffer = at;
            for (int i = 0; i < L.Count; i++) Lanes[i] = T.CreateTruncating(i);
        }

        /// <summary>Packs a head's queries and output gradients.</summary>
        internal readonly void Start(in AttentionJob<T> job, in AttentionHead<T> head)
        {
            int pitch = AttentionTile<T, V, L>.Pitch, queries = head.Queries;
            NativeMemory.Clear(QuerySums, (nuint)Blocks * (nuint)(pitch * PanelWidth * sizeof(T)));
            new Span<T>(LogSums, Vectors * L.Count).Fill(T.PositiveInfinity);
            new Span<T>(head.LogSums, queries).CopyTo(new(LogSums, queries));
            new Span<T>(Products, Vectors * L.Count).Clear();
            for (int b = 0; b < Blocks; b++)
            {
                int start = b * Vectors / Blocks, count = (b + 1) * Vectors / Blocks - start, from = start * L.Count, rows = Math.Min(count * L.Count, queries - from);
                AttentionPacking<T, V, L>.Queries(job, AttentionTensor.Query, head, from, count, job.Width, QueryPanels + (nint)b * job.Width * pitch, Buffer, job.ScoreScale);
                AttentionPacking<T, V, L>.Queries(job, AttentionTensor.OutputGradient, head, from, count, job.ValueWidth, GradientPanels + (nint)b * job.ValueWidth * pitch, Buffer, T.One);
                Copy(job, AttentionTensor.Query, head, from, rows, count * L.Count, job.Width, QueryRows + (nint)from * WholeWidth, WholeWidth);
                Copy(job, AttentionTensor.OutputGradient, head, from, rows, count * L.Count, job.ValueWidth, GradientRows + (nint)from * WholeValueWidth, WholeValueWidth);
                AttentionPacking<T, V, L>.Prefetch(job, AttentionTensor.Output, head, from, rows, job.ValueWidth);
                T* output = job.Rows(AttentionTensor.Output, head, from, rows, job.ValueWidth, Buffer, out nint row, out _);
                for (nint i = 0; i < rows; i++)
                    Products[from + i] = TensorPrimitives.Dot(new ReadOnlySpan<T>(GradientRows + (from + i) * WholeValueWidth, job.ValueWidth), new ReadOnlySpan<T>(output + i * row, job.ValueWidth));
            }
        }

        /// <summary>Rows as they are, filled with zeros to whole vectors.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Copy(in AttentionJob<T> job, AttentionTensor tensor, in AttentionHead<T> head, int from, int rows, int wholeRows, int width, T* to, int wholeWidth)
        {
            T* source = job.Rows(tensor, head, from, rows, width, Buffer, out nint row, out nint column);
            for (nint i = 0; i < rows; i++)
            {
                T* target = to + i * wholeWidth;
                if (column == 1) Packing.Copy(source + i * row, target, width);
                else
                    for (nint d = 0; d < width; d++) target[d] = source[i * row + d * column];
                new Span<T>(target + width, wholeWidth - width).Clear();
            }
            new Span<T>(to + (nint)rows * wholeWidth, (wholeRows - rows) * wholeWidth).Clear();
        }

        /// <summary>Writes the gradients of a head's queries, or a share's part of them.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        internal readonly void Finish(in AttentionJob<T> job, in AttentionHead<T> head, T* partial)
        {
            int pitch = AttentionTile<T, V, L>.Pitch;
            for (int b = 0; b < Blocks; b++)
            {
                int start = b * Vectors / Blocks, count = (b + 1) * Vectors / Blocks - start, from = start * L.Count, rows = Math.Min(count * L.Count, head.Queries - from);
                T* sums = QuerySums + (nint)b * PanelWidth * pitch;
                if (partial != null)
                {
                    Packing.Panel(sums, pitch, 1, partial + (nint)from * job.Width, job.Width, job.Width, job.Width, rows);
                    continue;
                }
                V scale = L.Broadcast(job.Scale);
                for (nint d = 0; d < job.Width; d++)
                    for (int v = 0; v < count; v++)
                    {
                        T* at = sums + d * pitch + v * L.Count;
                        L.Store(L.Multiply(L.Load(at), scale), at);
                    }
                job.WriteTransposed(AttentionTensor.QueryGradient, head, from, sums, pitch, rows, job.Width, Buffer);
            }
        }

        static int Up(int n, int step) => (n + step - 1) / step * step;

        static T* Take(ref T* at, nint count)
        {
            T* part = at;
            at += count;
            return part;
        }
    }

    /// <summary>The sum of the shares' parts of one head's query gradients.</summary>
    struct AddShares : IParallelBody
    {
        internal AttentionJob<T> Job;
        internal int Shares;
        internal T* Partials;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            var head = Job.Head(index);
            nint length = (nint)Job.Queries * Job.Width;
            T* sum = Partials + index * Shares * length;
            var total = new Span<T>(sum, head.Queries * Job.Width);
            for (int share = 1; share < Shares; share++)
                TensorPrimitives.Add(total, new ReadOnlySpan<T>(sum + share * length, total.Length), total);
            Job.Write(AttentionTensor.QueryGradient, head, 0, sum, Job.Width, head.Queries, Job.Width, Job.Scale);
        }
    }
}
