using System.Runtime.CompilerServices;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>The elements of a storage as chains of operations see them: computed, or yet to be computed from others.</summary>
/// <remarks>
/// A value never changes. What changes is which value a storage shows: an in-place operation gives it a new one, and the old
/// one stays for those that have yet to read it.
/// </remarks>
sealed class ChainValue(DType type, int length)
{
    ChainStep? _step;
    ChainOperands _operands;
    int _readers, _runs;

    /// <summary>A value to be computed; it keeps the hold of its operands until then.</summary>
    internal ChainValue(DType type, int length, ChainStep step, in ChainOperands operands) : this(type, length)
    {
        (_step, _operands) = (step, operands);
        Nodes = 1;
        for (int i = 0; i < step.Arity; i++)
        {
            if (_operands[i].Source is not { } source) continue;
            if (source.IsPending) (Nodes, Leaves) = (Nodes + source.Nodes, Leaves + source.Leaves);
            else Leaves++;
        }
    }

    internal DType Type => type;

    internal int Length => length;

    /// <summary>Operations and inputs of the tree that computes this.</summary>
    internal int Nodes { get; }

    /// <inheritdoc cref="Nodes"/>
    internal int Leaves { get; }

    /// <summary>The storage that shows this value, while there is one.</summary>
    internal Storage? Owner { get; set; }

    /// <summary>The storage whose bytes are the value, once computed.</summary>
    internal Storage? Content { get; set; }

    /// <summary>The function that computes this, or null when it has been.</summary>
    internal ChainStep? Step => Volatile.Read(ref _step);

    internal bool IsPending => Volatile.Read(ref _step) is not null;

    internal ref readonly ChainOperands Operands => ref _operands;

    /// <summary>How many values have yet to be computed from this one.</summary>
    internal int Readers => Volatile.Read(ref _readers);

    /// <summary>The plan in which this was last computed on the way to another value, but not stored, and its place there.</summary>
    internal (ChainPlan Plan, int Place)? Passed { get; set; }

    // ---- Runs ------------------------------------------------------------------------------------------------------

    /// <summary>Until left, neither the operands nor the bytes of the content go.</summary>
    internal void Enter() => Interlocked.Increment(ref _runs);

    internal void Exit() => Interlocked.Decrement(ref _runs);

    void AwaitRuns()
    {
        Interlocked.MemoryBarrier();
        var wait = new SpinWait();
        while (Volatile.Read(ref _runs) > 0) wait.SpinOnce();
    }

    /// <summary>The value has been computed into <paramref name="block"/>. Called under the lock of this.</summary>
    internal void Complete(Block block)
    {
        if (Owner is { } owner)
        {
            owner.Fill(block, guarded: Readers > 0);
            Content = owner;
        }
        else Content = Storage.Of(block, (long)length * type.Size);
        Volatile.Write(ref _step, null);
        AwaitRuns();
        ReleaseOperands();
        if (Owner is null && Readers == 0) Content.ReturnBlock();
    }

    void ReleaseOperands()
    {
        for (int i = 0; i < ChainOperands.Most; i++)
        {
            var source = _operands[i].Source;
            _operands[i] = default;
            source?.Release();
        }
    }

    internal void Hold() => Interlocked.Increment(ref _readers);

    internal void Release()
    {
        // A storage that shows this keeps it; whoever takes that away looks for readers afterwards.
        if (Interlocked.Decrement(ref _readers) > 0 || Owner is not null) return;
        lock (this) FreeIfUnread();
    }

    void FreeIfUnread()
    {
        if (Owner is not null || Readers > 0) return;
        if (IsPending)
        {
            Volatile.Write(ref _step, null);
            AwaitRuns();
            ReleaseOperands();
        }
        else Content?.ReturnBlock();
    }

    /// <summary>
    /// The block of a computed value that no storage shows, to be overwritten by the value computed from it; null where the
    /// bytes are elsewhere.
    /// </summary>
    internal Block? TakeBlock()
    {
        var block = Content?.TakeBlock();
        if (block is not null) Content = null;
        return block;
    }

    // ---- Of the storage --------------------------------------------------------------------------------------------

    /// <summary>The owner's bytes are about to change: readers get those of <paramref name="copy"/>. Called under the lock of this.</summary>
    internal void LeaveTo(Storage copy)
    {
        Owner = null;
        Content = copy;
        AwaitRuns();
    }

    /// <summary>The owner was disposed, or shows another value.</summary>
    internal void Disown(Storage owner)
    {
        lock (this)
        {
            Owner = null;
            Interlocked.MemoryBarrier();
            if (ReferenceEquals(Content, owner))
            {
                Content = owner.Moved();
                owner.Leave();
            }
            FreeIfUnread();
        }
    }
}

/// <summary>What a step of a chain reads: a value, or a number.</summary>
/// <param name="Source">The value, or null for a number.</param>
/// <param name="Number">The number's bits in the step's type.</param>
/// <param name="Offset">The first element within the value.</param>
/// <param name="Period">After how many elements the value starts again.</param>
/// <param name="Repeat">How often each element stands in a row.</param>
readonly record struct ChainOperand(ChainValue? Source, long Number, int Offset, int Period, int Repeat);

[InlineArray(Most)]
struct ChainOperands
{
    internal const int Most = 2;

    ChainOperand _first;
}
