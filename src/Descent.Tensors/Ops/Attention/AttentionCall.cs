using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Sequences that lie one after the other in tensors of <c>(tokens, heads, width)</c>: where each starts, and where the last ends.</summary>
/// <param name="QueryStarts">Of the queries.</param>
/// <param name="KeyStarts">Of keys and values.</param>
sealed record PackedSequences(int[] QueryStarts, int[] KeyStarts)
{
    internal int Count => QueryStarts.Length - 1;

    internal static int Longest(int[] starts)
    {
        int longest = 0;
        for (int i = 1; i < starts.Length; i++) longest = Math.Max(longest, starts[i] - starts[i - 1]);
        return longest;
    }
}

/// <summary>The tensors of one attention, on their way to its kernels.</summary>
sealed unsafe class AttentionCall
{
    internal required Tensor Query { get; init; }

    internal required Tensor Key { get; init; }

    internal required Tensor Value { get; init; }

    internal required Tensor Output { get; init; }

    /// <summary>One number for each row of the output, in the type that is computed with.</summary>
    internal required Tensor LogSums { get; init; }

    /// <summary>Bools, or numbers of the type that is computed with.</summary>
    internal Tensor? Mask { get; init; }

    internal required AttentionSettings Settings { get; init; }

    internal PackedSequences? Packed { get; init; }

    internal Tensor? OutputGradient { get; init; }

    internal Tensor? QueryGradient { get; init; }

    internal Tensor? KeyGradient { get; init; }

    internal Tensor? ValueGradient { get; init; }

    /// <summary>Whether the last batch dimension are heads of the query that share their keys and values.</summary>
    internal static bool IsGrouped(Shape batch, Tensor key, Tensor value) =>
        batch.Rank > 0 && batch[^1] > 1 && (key.Rank < 3 || key.Shape[^3] == 1) && (value.Rank < 3 || value.Shape[^3] == 1);

    internal void Forward()
    {
        if (Output.Elements == 0) return;
        if (LogSums.DType == DType.Float32) Run<float>(backward: false);
        else Run<double>(backward: false);
    }

    internal void Backward()
    {
        if (Output.Elements == 0 || Value.Elements == 0)
        {
            QueryGradient?.Zero_();
            KeyGradient?.Zero_();
            ValueGradient?.Zero_();
            return;
        }
        if (LogSums.DType == DType.Float32) Run<float>(backward: true);
        else Run<double>(backward: true);
    }

    void Run<T>(bool backward) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor?[] tensors = [Query, Key, Value, Output, Mask, OutputGradient, QueryGradient, KeyGradient, ValueGradient];
        var job = Packed is null ? Describe<T>(tensors) : Describe<T>(tensors, Packed);
        fixed (byte* query = &First(Query), key = &First(Key), value = &First(Value), output = &First(Output), mask = &First(Mask), outputGradient = &First(OutputGradient),
            queryGradient = &First(QueryGradient), keyGradient = &First(KeyGradient), valueGradient = &First(ValueGradient))
        fixed (T* logSums = &LogSums.First<T>())
        fixed (int* queryStarts = Packed?.QueryStarts, keyStarts = Packed?.KeyStarts)
        {
            job.Tensors[(int)AttentionTensor.Query].Start = query;
            job.Tensors[(int)AttentionTensor.Key].Start = key;
            job.Tensors[(int)AttentionTensor.Value].Start = value;
            job.Tensors[(int)AttentionTensor.Output].Start = output;
            job.Tensors[(int)AttentionTensor.Mask].Start = mask;
            job.Tensors[(int)AttentionTensor.OutputGradient].Start = outputGradient;
            job.Tensors[(int)AttentionTensor.QueryGradient].Start = queryGradient;
            job.Tensors[(int)AttentionTensor.KeyGradient].Start = keyGradient;
            job.Tensors[(int)AttentionTensor.ValueGradient].Start = valueGradient;
            job.LogSums = logSums;
            job.QueryStarts = queryStarts;
            job.KeyStarts = keyStarts;
            if (Vector512.IsHardwareAccelerated) Run<T, Vector512<T>, Lanes512<T>>(job, backward);
            else if (Vector256.IsHardwareAccelerated) Run<T, Vector256<T>, Lanes256<T>>(job, backward);
            else Run<T, Vector128<T>, Lanes128<T>>(job, backward);
        }
        foreach (var tensor in tensors) GC.KeepAlive(tensor);
        GC.KeepAlive(LogSums);
    }

    static void Run<T, V, L>(in AttentionJob<T> job, bool backward)
        where T : unmanaged, IFloatingPointIeee754<T> where V : struct where L : IFloatLanes<T, V>
    {
        if (!backward)
        {
            AttentionForward<T, V, L>.Run(job);
            return;
        }
        int shares = AttentionBackward<T, V, L>.Shares(job);
        if (shares == 1)
        {
            AttentionBackward<T, V, L>.Run(job, null);
            return;
        }
        using var partials = Tensor.Uninitialized([job.QueryHeads, shares, job.Queries, job.Width], DType.Of<T>());
        fixed (T* start = &partials.First<T>()) AttentionBackward<T, V, L>.Run(job, start);
    }

    AttentionJob<T> Describe<T>(Tensor?[] tensors) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var batch = Output.Shape[..^2];
        bool grouped = IsGrouped(batch, Key, Value);
        var outer = grouped ? batch[..^1] : batch;
        var matrices = new AttentionMatrix[tensors.Length];
        var strides = new int[tensors.Length][];
        for (int i = 0; i < tensors.Length; i++)
        {
            if (tensors[i] is not { } x)
            {
                strides[i] = new int[outer.Rank];
                continue;
            }
            var all = Pointwise.BroadcastStrides(x, Output.Shape);
            strides[i] = all[..outer.Rank];
            matrices[i] = new() { Row = all[^2], Column = all[^1], Group = grouped ? all[^3] : 0 };
        }
        return Common<T>(matrices, new LoopNest(outer.AsSpan(), strides)) with
        {
            Units = outer.Elements, Group = grouped ? batch[^1] : 1, Queries = Query.Shape[^2], Keys = Key.Shape[^2],
        };
    }

    AttentionJob<T> Describe<T>(Tensor?[] tensors, PackedSequences packed) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int heads = Key.Shape[1], group = Query.Shape[1] / heads;
        var matrices = new AttentionMatrix[tensors.Length];
        var strides = new int[tensors.Length][];
        for (int i = 0; i < tensors.Length; i++)
        {
            if (tensors[i] is not { } x)
            {
                strides[i] = [0, 0];
                continue;
            }
            var all = x.StrideArray;
            bool perKey = (AttentionTensor)i is AttentionTensor.Key or AttentionTensor.Value or AttentionTensor.KeyGradient or AttentionTensor.ValueGradient;
            strides[i] = [0, perKey ? all[1] : all[1] * group];
            matrices[i] = new() { Row = all[0], Column = all[2], Group = perKey ? 0 : all[1] };
        }
        return Common<T>(matrices, new LoopNest([packed.Count, heads], strides)) with
        {
            Units = packed.Count * heads, Group = group, Queries = PackedSequences.Longest(packed.QueryStarts), Keys = PackedSequences.Longest(packed.KeyStarts),
            Sequences = packed.Count, Total = Query.Shape[0],
        };
    }

    AttentionJob<T> Common<T>(AttentionMatrix[] matrices, LoopNest heads) where T : unmanaged, IFloatingPointIeee754<T> => new()
    {
        Tensors = matrices, Heads = heads, Width = Query.Shape[^1], ValueWidth = Value.Shape[^1],
        Storage = Query.DType switch { DType.Float16 => ElementStorage.Half, DType.BFloat16 => ElementStorage.BFloat16, _ => ElementStorage.Same },
        Scale = T.CreateTruncating(Settings.Scale), Causal = Settings.Causal is not null, Offset = Settings.Causal ?? 0,
        Mask = Mask is null ? AttentionMask.None : Mask.DType == DType.Bool ? AttentionMask.Truth : AttentionMask.Number,
        Keep = 1 - Settings.Dropout, Seed = Settings.Seed, Stream = Settings.Stream, Words = Settings.Words,
    };

    static ref byte First(Tensor? x)
    {
        if (x is null) return ref Unsafe.NullRef<byte>();
        switch (x.DType.Size)
        {
            case 8: return ref Unsafe.As<double, byte>(ref x.First<double>());
            case 4: return ref Unsafe.As<float, byte>(ref x.First<float>());
            case 2: return ref Unsafe.As<Half, byte>(ref x.First<Half>());
            default: return ref x.First<byte>();
        }
    }
}
