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

    /// <exception cref="OutOfMemoryException">The system gives no more.</exception>
    internal static byte* Allocate(long size)
    {
        if (size < PageBytes || !HasPages) return (byte*)NativeMemory.AlignedAlloc((nuint)size, Alignment);
        if (OperatingSystem.IsWindows())
        {
            const uint reserveAndCommit = 0x3000, readWrite = 4;
            byte* p = VirtualAlloc(null, (nuint)size, reserveAndCommit, readWrite);
            return p != null ? p : throw Exhausted(size);
        }
        const int readWriteProtection = 3;
        int privateAnonymous = OperatingSystem.IsLinux() ? 0x22 : 0x1002;
        nint mapped = Map(0, (nuint)size, readWriteProtection, privateAnonymous, -1, 0);
        return mapped != -1 ? (byte*)mapped : throw Exhausted(size);
    }

    /// <summary>Releases a block of <see cref="Allocate"/>.</summary>
    /// <param name="size">The size it was allocated with.</param>
    internal static void Free(byte* block, long size)
    {
        if (size < PageBytes || !HasPages) NativeMemory.AlignedFree(block);
        else if (OperatingSystem.IsWindows()) _ = VirtualFree(block, 0, 0x8000);
        else _ = Unmap((nint)block, (nuint)size);
    }

    static InsufficientMemoryException Exhausted(long size) =>
        new($"The operating system gives no block of {size:N0} bytes. Use smaller batches, or a machine with more memory.");

    static bool HasPages => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() || OperatingSystem.IsWindows();

    // The offset of 0 is passed as a native integer, as wide as off_t on every 64-bit system; 32-bit ones take 4 bytes of it.
    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("kernel32")]
    private static partial byte* VirtualAlloc(void* address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualFree(void* address, nuint size, uint type);
}
