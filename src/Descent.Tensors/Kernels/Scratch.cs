namespace Descent.Tensors.Kernels;

/// <summary>What a kernel keeps in its thread's scratch memory; uses that overlap in time have different slots.</summary>
enum ScratchSlot
{
    LeftPanel,
    RightPanels,
    Tile,
    Rows,
    Columns,
    Partials,
    Pairs,
    WidePairs,
    Sums,
    Phases,
    Chain,
    Slopes,
    Volume,
    Count,
}

/// <summary>Aligned memory that each thread keeps between kernel calls and that goes with the thread.</summary>
static unsafe class Scratch
{
    [ThreadStatic]
    static Block?[]? t_blocks;

    /// <summary>At least <paramref name="count"/> elements, 64-byte aligned, contents undefined, valid until the slot is next asked for.</summary>
    public static T* Get<T>(ScratchSlot slot, nint count) where T : unmanaged
    {
        nuint bytes = (nuint)count * (nuint)sizeof(T);
        Block?[] blocks = t_blocks ??= new Block?[(int)ScratchSlot.Count];
        Block? block = blocks[(int)slot];
        if (block is null || block.Bytes < bytes)
        {
            block?.Dispose();
            blocks[(int)slot] = block = new Block(bytes);
        }
        return (T*)block.Pointer;
    }

    sealed class Block : IDisposable
    {
        // Blocks of this size on are worth a huge page: panels are read over and over, each time through all their pages.
        const nuint WorthHugePage = 256 << 10, HugePage = 2 << 20;

        public Block(nuint bytes)
        {
            Bytes = bytes < WorthHugePage ? bytes : (bytes + HugePage - 1) / HugePage * HugePage;
            Pointer = SystemMemory.TryAllocate((long)Bytes);
            if (Pointer == null) throw new InsufficientMemoryException($"The operating system gives no {Bytes} bytes for a kernel's scratch memory.");
        }

        public byte* Pointer { get; private set; }

        public nuint Bytes { get; }

        ~Block() => Release();

        public void Dispose()
        {
            Release();
            GC.SuppressFinalize(this);
        }

        void Release()
        {
            if (Pointer != null) SystemMemory.Free(Pointer, (long)Bytes);
            Pointer = null;
        }
    }
}
