using System.Runtime.InteropServices;

namespace Descent.Tensors;

/// <summary>The operating system's leave to use tile registers, which enlarge what it saves for every thread.</summary>
static partial class TilePermission
{
    const int TileData = 18;

    /// <summary>Asks for this process, once; false where the system knows of no tiles or refuses.</summary>
    internal static bool Request()
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                const int archPrctl = 158, requestPermission = 0x1023;
                return SystemCall(archPrctl, requestPermission, TileData) == 0;
            }
            return OperatingSystem.IsWindows() && EnableProcessOptionalXStateFeatures(1UL << TileData) != 0;
        }
        catch (EntryPointNotFoundException)
        {
            // A Windows from before the tiles.
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint code, nint argument);

    [LibraryImport("kernel32")]
    private static partial int EnableProcessOptionalXStateFeatures(ulong features);
}
