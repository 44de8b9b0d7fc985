using System.Runtime.InteropServices;

namespace Descent.Tensors;

/// <summary>
/// Blocks from the operating system. Large ones are pages of their own, which a release gives back whole: the C heap
/// would keep the holes between them, and a long training loop would grow by what it never holds at once.
/// </summary>
static unsafe partial class SystemMemory
{
    const int Alignment = 64;

    /// <summary>From this size on a block has pages of its own.</summary>
    const long PageBytes = 64 << 10;

    /// <summary>Linux maps blocks of this size on by pages as large, where they are aligned: fewer faults, and fewer misses of translations.</summary>
    const long HugePageBytes = 2 << 20;

    /// <summary>A block, or null where the system gives no more.</summary>
    internal static byte* TryAllocate(long size)
    {
        if (size < PageBytes || !HasPages)
            try
            {
                return (byte*)NativeMemory.AlignedAlloc((nuint)size, Alignment);
            }
            catch (OutOfMemoryException)
            {
                return null;
            }
        if (OperatingSystem.IsWindows())
        {
            const uint reserveAndCommit = 0x3000, readWrite = 4;
            return VirtualAlloc(null, (nuint)size, reserveAndCommit, readWrite);
        }
        return OperatingSystem.IsLinux() && size >= HugePageBytes ? TryMapHuge(size) : TryMap(size);
    }

    static byte* TryMap(long size)
    {
        const int readWriteProtection = 3;
        int privateAnonymous = OperatingSystem.IsLinux() ? 0x22 : 0x1002;
        nint mapped = Map(0, (nuint)size, readWriteProtection, privateAnonymous, -1, 0);
        return mapped != -1 ? (byte*)mapped : null;
    }

    /// <summary>Maps more than is needed and gives back what lies around the aligned part.</summary>
    static byte* TryMapHuge(long size)
    {
        const int useHugePages = 14;
        byte* mapped = TryMap(size + HugePageBytes);
        if (mapped == null) return TryMap(size);
        long before = -(nint)mapped & (HugePageBytes - 1);
        if (before > 0) _ = Unmap((nint)mapped, (nuint)before);
        byte* block = mapped + before;
        if (before < HugePageBytes) _ = Unmap((nint)(block + size), (nuint)(HugePageBytes - before));
        // Where the system has none, its usual pages do.
        _ = Advise((nint)block, (nuint)size, useHugePages);
        return block;
    }

    /// <summary>Releases a block of <see cref="TryAllocate"/>.</summary>
    /// <param name="size">The size it was allocated with.</param>
    internal static void Free(byte* block, long size)
    {
        if (size < PageBytes || !HasPages) NativeMemory.AlignedFree(block);
        else if (OperatingSystem.IsWindows()) _ = VirtualFree(block, 0, 0x8000);
        else _ = Unmap((nint)block, (nuint)size);
    }

    static bool HasPages => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() || OperatingSystem.IsWindows();

    // The offset of 0 is passed as a native integer, as wide as off_t on every 64-bit system; 32-bit ones take 4 bytes of it.
    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("kernel32")]
    private static partial byte* VirtualAlloc(void* address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualFree(void* address, nuint size, uint type);
}
