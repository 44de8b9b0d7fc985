using System.Runtime.InteropServices;

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
    Chain,
    Count,
}

/// <summary>Aligned memory that each thread keeps between kernel calls and that goes with the thread.</summary>
static unsafe class Scratch
{
    const nuint Alignment = 64;

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

    sealed class Block(nuint bytes) : IDisposable
    {
        public void* Pointer { get; private set; } = NativeMemory.AlignedAlloc(bytes, Alignment);

        public nuint Bytes => bytes;

        ~Block() => Release();

        public void Dispose()
        {
            Release();
            GC.SuppressFinalize(this);
        }

        void Release()
        {
            NativeMemory.AlignedFree(Pointer);
            Pointer = null;
        }
    }
}
