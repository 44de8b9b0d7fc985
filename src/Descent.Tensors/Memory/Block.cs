namespace Descent.Tensors;

/// <summary>Memory outside of the managed heap: rented, to return to the cache when this is unreachable, or a part of something kept alive.</summary>
sealed unsafe class Block
{
    readonly int _loan;
    readonly object? _keeper;
    nint _pointer;

    Block(long bytes) => (SizeClass, _pointer) = (BlockCache.ClassOf(bytes), (nint)BlockCache.Rent(this, bytes, out _loan));

    /// <summary>A part of what <paramref name="keeper"/> holds, a mapped file.</summary>
    internal Block(byte* pointer, object keeper) => (_pointer, _keeper) = ((nint)pointer, keeper);

    /// <summary>A block of at least so many bytes.</summary>
    internal static Block Rent(long bytes) => BlockShelf.TryTake(bytes) ?? new(bytes);

    internal byte* Pointer => (byte*)_pointer;

    /// <summary>The class of the size that was asked for.</summary>
    internal int SizeClass { get; }

    /// <summary>On a shelf: the block below, and how many there are with this.</summary>
    internal Block? Below { get; set; }

    /// <inheritdoc cref="Below"/>
    internal int Height { get; set; }

    /// <summary>Returns the memory now. Whoever calls this is the last that knows of it.</summary>
    internal void Return()
    {
        if (_keeper is not null) _pointer = 0;
        else if (!BlockShelf.TryKeep(this)) ReturnToCache();
    }

    internal void ReturnToCache()
    {
        if (Interlocked.Exchange(ref _pointer, 0) != 0) BlockCache.Return(_loan);
        // Collected before the loan is struck out, this would lose it to another borrower, who would then lose the block.
        GC.KeepAlive(this);
    }
}
