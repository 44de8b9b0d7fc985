using Descent.Tensors.Codegen;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>
/// What is kept of a structure of chains: its buffers, and which of the values on the way are asked for afterwards, so that
/// the next run stores them in the same pass.
/// </summary>
sealed class ChainPlan
{
    const int Buckets = 1024, MostPlans = 4096;

    static ChainPlan?[] s_buckets = new ChainPlan?[Buckets];
    static int s_count;

    readonly int[] _key;
    readonly int _hash;
    ChainPlan? _next;

    ChainPlan(ReadOnlySpan<int> key, int hash) => (_key, _hash) = (key.ToArray(), hash);

    ulong _wanted;

    /// <summary>Which steps' results were asked for after an earlier run.</summary>
    internal ulong Wanted => Volatile.Read(ref _wanted);

    /// <summary>The result of a step was asked for.</summary>
    internal void Want(int place) => Interlocked.Or(ref _wanted, 1UL << place);

    /// <summary>The buffer of each step's result.</summary>
    internal int[] Buffers { get; private init; } = [];

    /// <summary>How many buffers the steps need.</summary>
    internal int BufferCount { get; private init; }

    /// <summary>How often a structure is run before it is worth the making of code.</summary>
    internal static int RunsBeforeCode { get; set; } = 3;

    (IsaTier Tier, ulong Outputs, bool PastCaches, MachineCode? Code)[] _codes = [];
    int _runs;

    /// <summary>The entry of the loop that stores the results of <paramref name="outputs"/>, or 0 where there is none, or not yet.</summary>
    /// <param name="outputs">The steps whose results are stored.</param>
    /// <param name="pastCaches">Whether they are too large for the caches.</param>
    /// <param name="entry">The entry.</param>
    /// <returns>False when it is to be made now.</returns>
    internal bool TryFindEntry(ulong outputs, bool pastCaches, out nint entry)
    {
        entry = 0;
        var tier = Tier;
        if (tier == IsaTier.Portable) return true;
        foreach (ref readonly var made in _codes.AsSpan())
            if (made.Outputs == outputs && made.PastCaches == pastCaches && made.Tier == tier)
            {
                entry = made.Code?.Entry ?? 0;
                return true;
            }
        return _runs++ < RunsBeforeCode;
    }

    static IsaTier Tier => Numerics.Isa > IsaTier.Avx512 ? IsaTier.Avx512 : Numerics.Isa;

    /// <summary>The entry of the loop, which is made.</summary>
    /// <param name="outputs">The steps whose results are stored.</param>
    /// <param name="pastCaches">Whether they are too large for the caches.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="program">Their operands.</param>
    /// <param name="single">Of each slot, whether it is one element that repeats.</param>
    internal nint MakeEntry(ulong outputs, bool pastCaches, ChainStep[] steps, ChainInstruction[] program, bool[] single)
    {
        var tier = Tier;
        var ops = new ChainOp[steps.Length];
        var parameters = new double[steps.Length];
        bool all = true;
        for (int k = 0; k < steps.Length; k++)
        {
            (ops[k], parameters[k]) = (steps[k].Op, steps[k].Parameter);
            all &= ops[k] != ChainOp.None;
        }
        var code = all ? ChainEmitter.TryBuild(tier, program, ops, parameters, outputs, single, pastCaches) : null;
        lock (this) _codes = [.. _codes, (tier, outputs, pastCaches, code)];
        return code?.Entry ?? 0;
    }

    /// <summary>The plan of a structure.</summary>
    /// <param name="key">The steps with their operands, then the inputs' forms.</param>
    /// <param name="instructions">The steps; slots below their number are their results.</param>
    internal static ChainPlan Of(ReadOnlySpan<int> key, ReadOnlySpan<ChainInstruction> instructions)
    {
        uint hash = 2166136261;
        foreach (int k in key) hash = (hash ^ (uint)k) * 16777619;
        hash ^= hash >> 15;
        var buckets = Volatile.Read(ref s_buckets);
        for (var plan = Volatile.Read(ref buckets[hash % Buckets]); plan is not null; plan = plan._next)
            if (plan._hash == (int)hash && key.SequenceEqual(plan._key)) return plan;
        return Add(key, (int)hash, instructions);
    }

    static ChainPlan Add(ReadOnlySpan<int> key, int hash, ReadOnlySpan<ChainInstruction> instructions)
    {
        // A program whose structures never repeat must not fill the memory with plans.
        if (Interlocked.Increment(ref s_count) > MostPlans)
        {
            Volatile.Write(ref s_count, 1);
            Volatile.Write(ref s_buckets, new ChainPlan?[Buckets]);
        }
        var buffers = new int[instructions.Length];
        int count = Assign(instructions, buffers);
        var plan = new ChainPlan(key, hash) { Buffers = buffers, BufferCount = count };
        ref var bucket = ref s_buckets[(uint)hash % Buckets];
        do plan._next = bucket;
        while (Interlocked.CompareExchange(ref bucket, plan, plan._next) != plan._next);
        return plan;
    }

    /// <summary>A buffer is free again once the last step that reads it has begun: steps may write over an operand.</summary>
    static int Assign(ReadOnlySpan<ChainInstruction> instructions, Span<int> buffers)
    {
        Span<int> last = stackalloc int[instructions.Length];
        for (int k = 0; k < instructions.Length; k++)
        {
            ref readonly var step = ref instructions[k];
            if (step.A < k) last[step.A] = k;
            if (step.Arity > 1 && step.B < k) last[step.B] = k;
        }
        var free = new Stack<int>();
        int count = 0;
        for (int k = 0; k < instructions.Length; k++)
        {
            for (int j = 0; j < k; j++)
                if (last[j] == k) free.Push(buffers[j]);
            buffers[k] = free.TryPop(out int buffer) ? buffer : count++;
        }
        return count;
    }
}
