namespace Descent.Tensors;

/// <summary>Memory outside of the managed heap: rented, to return to the cache when this is unreachable, or a part of something kept alive.</summary>
sealed unsafe class Block
{
    readonly int _loan;
    readonly object? _keeper;
    nint _pointer;

    internal Block(long bytes) => _pointer = (nint)BlockCache.Rent(this, bytes, out _loan);

    /// <summary>A part of what <paramref name="keeper"/> holds, a mapped file.</summary>
    internal Block(byte* pointer, object keeper) => (_pointer, _keeper) = ((nint)pointer, keeper);

    internal byte* Pointer => (byte*)_pointer;

    /// <summary>Returns the memory now.</summary>
    internal void Return()
    {
        if (Interlocked.Exchange(ref _pointer, 0) != 0 && _keeper is null) BlockCache.Return(_loan);
        // Collected before the loan is struck out, this would lose it to another borrower, who would then lose the block.
        GC.KeepAlive(this);
    }
}
