using System.Diagnostics;

namespace Descent.Benchmarks;

/// <summary>Runs a configuration of a task in a process that has done nothing else.</summary>
static class OwnProcess
{
    const string Alone = "DESCENT_BENCH_ALONE";

    /// <summary>Measures here where this process was started for it, and else in a new one.</summary>
    public static void Run(Report report, string task, string only, Action measure)
    {
        if (Environment.GetEnvironmentVariable(Alone) is not null)
        {
            measure();
            return;
        }
        string host = Environment.ProcessPath!;
        string[] program = Environment.GetCommandLineArgs() is [var dll, ..] && dll.EndsWith(".dll", StringComparison.Ordinal) && !host.EndsWith("Descent.Benchmarks", StringComparison.Ordinal) ? [dll] : [];
        using var child = Process.Start(new ProcessStartInfo(host, [.. program, .. report.Options(task, only)]) { Environment = { [Alone] = "1" } })!;
        child.WaitForExit();
    }
}
