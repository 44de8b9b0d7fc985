using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Testing;

/// <summary>
/// Memory that ends, or begins, where no page is: a kernel that reads or writes one element too far ends the process.
/// Where the system has no such pages, plain memory.
/// </summary>
public sealed unsafe partial class GuardedMemory<T> : IDisposable where T : unmanaged
{
    readonly byte* _pages;
    readonly nuint _length;
    readonly int _count;

    /// <param name="count">Elements.</param>
    /// <param name="atEnd">The elements end at the forbidden page after them; else they begin behind the one before.</param>
    public GuardedMemory(int count, bool atEnd)
    {
        _count = count;
        nuint page = (nuint)Environment.SystemPageSize, bytes = (nuint)count * (nuint)sizeof(T);
        nuint inner = (bytes + page - 1) / page * page;
        _length = inner + 2 * page;
        if (!OperatingSystem.IsLinux())
        {
            _pages = (byte*)NativeMemory.AlignedAlloc(_length, page);
            NativeMemory.Clear(_pages, _length);
        }
        else
        {
            const int noAccess = 0, readWrite = 3, privateAnonymous = 0x22;
            _pages = (byte*)GuardPages.Map(0, _length, noAccess, privateAnonymous, -1, 0);
            if ((nint)_pages == -1 || (inner > 0 && GuardPages.Protect((nint)_pages + (nint)page, inner, readWrite) != 0))
                throw new InvalidOperationException($"No guarded pages for {count} elements of {sizeof(T)} bytes.");
        }
        Pointer = (T*)(_pages + page + (atEnd ? inner - bytes : 0));
    }

    /// <summary>The first element.</summary>
    public T* Pointer { get; }

    public Span<T> Span => new(Pointer, _count);

    public void Dispose()
    {
        if (OperatingSystem.IsLinux()) _ = GuardPages.Unmap((nint)_pages, _length);
        else NativeMemory.AlignedFree(_pages);
    }
}

static partial class GuardPages
{
    [LibraryImport("libc", EntryPoint = "mmap")]
    internal static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    internal static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    internal static partial int Unmap(nint address, nuint length);
}
