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
    ChainReader? _reader;
    ChainOperands _operands;
    int _readers, _otherRuns;

    /// <summary>A value to be computed; it keeps the hold of its operands until then.</summary>
    /// <param name="type">The type of the elements.</param>
    /// <param name="length">The number of elements.</param>
    /// <param name="step">The function.</param>
    /// <param name="operands">What it reads.</param>
    /// <param name="nodes">Operations of the tree that computes this.</param>
    /// <param name="leaves">Inputs of that tree.</param>
    internal ChainValue(DType type, int length, ChainStep step, in ChainOperands operands, int nodes, int leaves) : this(type, length)
    {
        (_step, _operands) = (step, operands);
        (Nodes, Leaves) = ((byte)nodes, (byte)leaves);
        _reader = ChainReader.OfThread;
    }

    internal DType Type => type;

    internal int Length => length;

    /// <summary>Operations and inputs of the tree that computes this.</summary>
    internal byte Nodes { get; }

    /// <inheritdoc cref="Nodes"/>
    internal byte Leaves { get; }

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
    internal ChainPlan? PassedPlan { get; set; }

    /// <inheritdoc cref="PassedPlan"/>
    internal byte PassedPlace { get; set; }

    /// <summary>While the run reads, neither the operands nor the bytes of the content go.</summary>
    /// <returns>Whether <see cref="Exit"/> must be called: the first thread that reads a value is known by its <see cref="ChainReader"/>.</returns>
    internal bool Enter(ChainReader reader)
    {
        var known = Volatile.Read(ref _reader) ?? Interlocked.CompareExchange(ref _reader, reader, null);
        if (known is null || ReferenceEquals(known, reader)) return false;
        Interlocked.Increment(ref _otherRuns);
        return true;
    }

    internal void Exit() => Interlocked.Decrement(ref _otherRuns);

    void AwaitRuns()
    {
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _reader)?.Await();
        var wait = new SpinWait();
        while (Volatile.Read(ref _otherRuns) > 0) wait.SpinOnce();
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
        Interlocked.MemoryBarrier();
        if (!IsPending && Readers == 0)
        {
            // Nobody reads it, and nobody can begin to, as the storage shows it no more.
            Owner = null;
            owner.ReturnBlock();
            return;
        }
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
readonly struct ChainOperand
{
    readonly long _bits;

    /// <param name="number">The number's bits in the step's type.</param>
    internal ChainOperand(long number) => _bits = number;

    /// <param name="source">The value.</param>
    /// <param name="offset">The first element within the value.</param>
    /// <param name="period">After how many elements the value starts again.</param>
    /// <param name="repeat">How often each element stands in a row.</param>
    internal ChainOperand(ChainValue source, int offset, int period, int repeat) =>
        (Source, _bits, Repeat) = (source, (uint)offset | (long)period << 32, repeat);

    /// <summary>The value, or null for a number.</summary>
    internal ChainValue? Source { get; }

    /// <summary>The number's bits in the step's type.</summary>
    internal long Number => _bits;

    /// <summary>The first element within the value.</summary>
    internal int Offset => (int)_bits;

    /// <summary>After how many elements the value starts again.</summary>
    internal int Period => (int)(_bits >> 32);

    /// <summary>How often each element stands in a row.</summary>
    internal int Repeat { get; }
}

[InlineArray(Most)]
struct ChainOperands
{
    internal const int Most = 2;

    ChainOperand _first;
}
