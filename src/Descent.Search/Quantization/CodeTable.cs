using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Search;

/// <summary>Codes of the vectors of a store, by slot, around one centre; walks of a graph by them, and ranking again by the vectors.</summary>
sealed unsafe class CodeTable : IDisposable
{
    /// <summary>Errors are taken to be at most so many times their spread.</summary>
    const float Sure = 3;

    /// <summary>Codes are spread so that none lies across more cache lines than it must, where that costs at most a quarter.</summary>
    const int Line = 64;

    readonly VectorStore _store;
    readonly Quantizer _quantizer;
    readonly RowMemory _codes;
    readonly float[] _centre;
    int _learnedFrom;
    float _spread;

    internal CodeTable(VectorStore store, Quantizer quantizer)
    {
        (_store, _quantizer) = (store, quantizer);
        int lines = (quantizer.CodeBytes + Line - 1) / Line * Line;
        _codes = new(lines <= quantizer.CodeBytes + quantizer.CodeBytes / 4 ? lines : (quantizer.CodeBytes + 15) / 16 * 16, store.Epochs);
        _centre = new float[quantizer.Width];
        Walk = quantizer.CreateWalk(_codes);
    }

    internal GraphWalk Walk { get; }

    internal long Bytes => (long)_codes.Capacity * _codes.Stride;

    /// <summary>Whether there are so many more vectors than were learned from that it is worth learning again.</summary>
    internal bool IsStale => _learnedFrom < Quantizer.MostLearned && _store.Count >= 4L * Math.Max(1, _learnedFrom);

    public void Dispose() => _codes.Dispose();

    /// <summary>Learns from the vectors that are there, at most so many of them evenly drawn.</summary>
    internal void Learn()
    {
        int[] slots = [.. Enumerable.Range(0, _store.Slots).Where(_store.IsUsed)];
        int count = Math.Min(slots.Length, Quantizer.MostLearned), width = _quantizer.Width;
        float[] sample = new float[count * width];
        WorkerPool.For(count, i => Load(slots[(int)((long)i * slots.Length / count)], sample.AsSpan(i * width, width)));
        double[] sum = new double[width];
        for (int i = 0; i < sample.Length; i++) sum[i % width] += sample[i];
        for (int j = 0; j < width; j++) _centre[j] = (float)(sum[j] / count);
        for (int i = 0; i < sample.Length; i++) sample[i] -= _centre[i % width];
        _quantizer.Learn(sample);
        _learnedFrom = count;
        _spread = _quantizer.MeasureSpread(sample);
    }

    /// <summary>Writes the codes of some slots.</summary>
    internal void Encode(ReadOnlySpan<int> slots, Course course)
    {
        _codes.Reserve(_store.Slots);
        int[] all = slots.ToArray();
        const int block = 256;
        course.For((all.Length + block - 1) / block, b =>
        {
            float[] residual = new float[_quantizer.Width];
            foreach (int slot in all.AsSpan(b * block, Math.Min(block, all.Length - b * block)))
            {
                Load(slot, residual);
                for (int j = 0; j < residual.Length; j++) residual[j] -= _centre[j];
                new Span<byte>(_codes.Row(slot), _codes.Stride).Clear();
                _quantizer.Encode(residual, _codes.Row(slot));
            }
        });
    }

    /// <summary>A query for walks by codes, valid until the next call on the same scratch.</summary>
    internal CodeQuery Prepare(ReadOnlySpan<float> prepared, SearchScratch scratch)
    {
        int width = _quantizer.Width;
        float* room = scratch.Query(2 * width + _quantizer.QueryFloats);
        Span<float> turned = new(room, width), direction = new(room + width, width);
        _quantizer.Transform(prepared, turned);
        float offset = _quantizer.Aim(turned, _centre, direction);
        _quantizer.Prepare(direction, offset, room + 2 * width);
        return new(room + 2 * width, Sure * _spread * TensorPrimitives.Norm<float>(direction));
    }

    /// <summary>
    /// Measures what a walk by codes left in the pool until no other can be among the nearest, unless its estimate is
    /// uncommonly wrong, and leaves what was measured there, nearest first.
    /// </summary>
    internal void Rank(ReadOnlySpan<float> prepared, float slack, int wanted, SearchScratch scratch)
    {
        const int ahead = 4;
        Span<float> distance = stackalloc float[1];
        int stride = _store.Rows.Stride, count = scratch.Count, ranked = 0;
        ulong* pool = scratch.Pool;
        for (int i = 0; i < Math.Min(ahead, count); i++) DistanceKernels.Prefetch(_store.Rows.Row(NodeKey.Node(pool[i])), stride);
        for (int i = 0; i < count; i++)
        {
            ulong key = pool[i];
            if (ranked >= wanted && NodeKey.Distance(key) - slack > NodeKey.Distance(pool[wanted - 1])) break;
            if (i + ahead < count) DistanceKernels.Prefetch(_store.Rows.Row(NodeKey.Node(pool[i + ahead])), stride);
            int slot = NodeKey.Node(key);
            _store.Codec.Measure(prepared, _store.Rows.Row(slot), distance);
            ulong exact = NodeKey.Of(distance[0], slot);
            int at = ranked++;
            for (; at > 0 && pool[at - 1] > exact; at--) pool[at] = pool[at - 1];
            pool[at] = exact;
        }
        scratch.Count = ranked;
    }

    internal void Write(IndexWriter writer, int[] dense)
    {
        writer.Int32(_learnedFrom);
        writer.Single(_spread);
        writer.Singles(_centre);
        _quantizer.Write(writer);
        for (int slot = 0; slot < dense.Length; slot++)
            if (dense[slot] >= 0) writer.Bytes(new(_codes.Row(slot), _quantizer.CodeBytes));
    }

    internal void Read(IndexReader reader)
    {
        _learnedFrom = reader.Int32(1, Quantizer.MostLearned, "the number of vectors that codes were learned from");
        _spread = reader.Single(0, float.MaxValue, "the spread of estimates");
        reader.Singles(_centre, _quantizer.Rows.Greatest, "the centre of codes");
        _quantizer.Read(reader);
        _codes.Reserve(_store.Slots);
        for (int slot = 0; slot < _store.Slots; slot++)
        {
            byte* code = _codes.Row(slot);
            new Span<byte>(code, _codes.Stride).Clear();
            reader.Bytes(new(code, _quantizer.CodeBytes));
            if (!_quantizer.IsSound(code)) throw reader.Damage($"the code of vector {slot} holds a number that is not finite.");
        }
    }

    void Load(int slot, Span<float> to)
    {
        var vector = _store.Codec.QueryFloats <= 1024 ? stackalloc float[_store.Codec.QueryFloats] : new float[_store.Codec.QueryFloats];
        _store.Codec.Decode(_store.Rows.Row(slot), vector);
        _quantizer.Transform(vector, to);
    }
}

/// <summary>A query for walks by codes, and by how much its estimates may commonly be wrong.</summary>
readonly unsafe struct CodeQuery(float* query, float slack)
{
    internal float* Query => query;

    internal float Slack => slack;
}
