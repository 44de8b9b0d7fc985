using System.Diagnostics;
using System.Globalization;

namespace Descent.Benchmarks;

/// <summary>The memory of this process that is in the machine's.</summary>
static class Resident
{
    /// <summary>Megabytes now, or the most since <see cref="ResetPeak"/> where the system tells that, else since the process started.</summary>
    public static double Megabytes(bool peak)
    {
        if (OperatingSystem.IsLinux())
            foreach (string line in File.ReadLines("/proc/self/status"))
                if (line.StartsWith(peak ? "VmHWM:" : "VmRSS:", StringComparison.Ordinal))
                    return double.Parse(line.AsSpan(6, line.Length - 8), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) / 1024;
        using var process = Process.GetCurrentProcess();
        return (peak ? process.PeakWorkingSet64 : process.WorkingSet64) / 1048576.0;
    }

    /// <summary>Forgets the peak so far, on Linux.</summary>
    public static void ResetPeak()
    {
        if (OperatingSystem.IsLinux()) File.WriteAllText("/proc/self/clear_refs", "5");
    }
}
