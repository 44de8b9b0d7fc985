using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Descent.Tensors.Codegen;

/// <summary>A function made at run time; its pages are freed with it.</summary>
sealed class MachineCode : SafeHandle
{
    readonly int _length;

    MachineCode(nint pages, int length) : base(0, ownsHandle: true)
    {
        handle = pages;
        _length = length;
    }

    /// <summary>Why the system gives no executable pages, or null: after a first refusal nothing more is generated.</summary>
    public static string? Refusal { get; private set; }

    /// <summary>Where the function begins. The code must be kept alive while it is called.</summary>
    public nint Entry => handle;

    public override bool IsInvalid => handle == 0;

    /// <summary>The code in pages that can be run, or null on a hardened system that refuses them.</summary>
    /// <param name="name">Name under which <c>DESCENT_DUMP_KERNELS</c> shows it.</param>
    /// <param name="code">Position-independent instructions, and constants behind them.</param>
    public static MachineCode? TryCreate(string name, ReadOnlySpan<byte> code)
    {
        if (Refusal is not null) return null;
        KernelDump.Write(name, code);
        nint pages = ExecutablePages.Create(code);
        if (pages != 0) return new(pages, code.Length);
        Refusal = $"the operating system refuses executable pages (error {Marshal.GetLastSystemError()})";
        Trace.TraceWarning($"Descent: {Refusal}; the portable kernels are used.");
        return null;
    }

    protected override bool ReleaseHandle() => ExecutablePages.Free(handle, _length);
}
