using System.Diagnostics;

namespace Descent.Cli.Tests;

/// <summary>The tool as its users run it: a process of its own.</summary>
static class DescentProcess
{
    internal static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "descent.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    internal static (int Exit, string Output, string Error) Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    /// <summary>What Ctrl-C does. A process started in the background may have been told to ignore SIGINT, and its children are too; such a one gets SIGTERM.</summary>
    internal static void Interrupt(Process process)
    {
        const int Sigint = 2;
        string? ignored = File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)) : null;
        bool isIgnored = ignored is not null && (Convert.ToUInt64(ignored["SigIgn:".Length..].Trim(), 16) >> (Sigint - 1) & 1) != 0;
        using var kill = Process.Start("kill", [isIgnored ? "-TERM" : "-INT", $"{process.Id}"]);
        kill.WaitForExit();
    }
}
