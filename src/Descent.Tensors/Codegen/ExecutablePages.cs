using System.Runtime.InteropServices;

namespace Descent.Tensors.Codegen;

/// <summary>Pages for machine code from the operating system: writable at first, then executable, never both.</summary>
static unsafe partial class ExecutablePages
{
    /// <summary>Pages that hold <paramref name="code"/> and can be run, or 0 where the system refuses.</summary>
    internal static nint Create(ReadOnlySpan<byte> code)
    {
        if (OperatingSystem.IsWindows())
        {
            const uint reserveAndCommit = 0x3000, readWrite = 4, executeRead = 0x20;
            nint pages = VirtualAlloc(0, (nuint)code.Length, reserveAndCommit, readWrite);
            if (pages == 0) return 0;
            code.CopyTo(new((void*)pages, code.Length));
            if (VirtualProtect(pages, (nuint)code.Length, executeRead, out _) != 0
                && FlushInstructionCache(GetCurrentProcess(), pages, (nuint)code.Length) != 0)
                return pages;
            Free(pages, code.Length);
            return 0;
        }
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            const int read = 1, write = 2, execute = 4;
            int privateAnonymous = OperatingSystem.IsLinux() ? 0x22 : 0x1002;
            nint pages = Map(0, (nuint)code.Length, read | write, privateAnonymous, -1, 0);
            if (pages == -1) return 0;
            code.CopyTo(new((void*)pages, code.Length));
            // No flush: x86 keeps its instruction cache coherent, and there are no emitters for other processors.
            if (Protect(pages, (nuint)code.Length, read | execute) == 0) return pages;
            Free(pages, code.Length);
        }
        return 0;
    }

    /// <summary>Gives back what <see cref="Create"/> made of <paramref name="length"/> bytes.</summary>
    internal static bool Free(nint pages, int length)
    {
        const uint release = 0x8000;
        return OperatingSystem.IsWindows() ? VirtualFree(pages, 0, release) != 0 : Unmap(pages, (nuint)length) == 0;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("kernel32")]
    private static partial nint VirtualAlloc(nint address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualProtect(nint address, nuint size, uint protection, out uint before);

    [LibraryImport("kernel32")]
    private static partial int VirtualFree(nint address, nuint size, uint type);

    [LibraryImport("kernel32")]
    private static partial int FlushInstructionCache(nint process, nint address, nuint size);

    [LibraryImport("kernel32")]
    private static partial nint GetCurrentProcess();
}
