using System.Runtime.InteropServices;

namespace Descent.Tensors;

/// <summary>
/// Which storage holds which block, by weak handles: what a storage held that the collector took is found by reading the
/// book, at once and on the thread that wants it, where finalizers would make each storage survive a collection and wait
/// for a thread of their own.
/// </summary>
/// <remarks>Its user keeps it to one thread at a time.</remarks>
sealed unsafe class LoanBook
{
    Loan[] _loans = new Loan[64];
    int _count, _firstFree = -1;

    struct Loan
    {
        // A long handle: a storage that somebody's finalizer still reads is not dead yet.
        internal WeakGCHandle<object> Holder;
        internal byte* Block;
        internal int SizeClass, NextFree;
    }

    /// <summary>Enters a block that is handed out.</summary>
    /// <returns>The number to give it back by.</returns>
    internal int Lend(object holder, byte* block, int sizeClass)
    {
        int number = _firstFree;
        if (number >= 0)
        {
            _firstFree = _loans[number].NextFree;
            _loans[number].Holder.SetTarget(holder);
        }
        else
        {
            if (_count == _loans.Length) Array.Resize(ref _loans, 2 * _count);
            number = _count++;
            _loans[number].Holder = new(holder, trackResurrection: true);
        }
        _loans[number].Block = block;
        _loans[number].SizeClass = sizeClass;
        return number;
    }

    /// <summary>Strikes out a block that its holder gives back.</summary>
    internal byte* Settle(int number, out int sizeClass)
    {
        ref var loan = ref _loans[number];
        loan.Holder.SetTarget(null!);
        return Close(number, out sizeClass);
    }

    /// <summary>The next block, from <paramref name="from"/> on, whose holder is gone; null when there is none left.</summary>
    internal byte* NextDead(ref int from, out int sizeClass)
    {
        for (; from < _count; from++)
            if (_loans[from].Block != null && !_loans[from].Holder.TryGetTarget(out _)) return Close(from++, out sizeClass);
        sizeClass = 0;
        return null;
    }

    byte* Close(int number, out int sizeClass)
    {
        ref var loan = ref _loans[number];
        byte* block = loan.Block;
        sizeClass = loan.SizeClass;
        loan.Block = null;
        loan.NextFree = _firstFree;
        _firstFree = number;
        return block;
    }
}
