using System.Diagnostics;

namespace Descent.Search.Tests;

/// <summary>What tests run as a process of its own, to kill it or to have another one.</summary>
static class Program
{
    static int Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["write", var folder, var seed, var version]:
                StormWriter.Run(folder, ulong.Parse(seed), long.Parse(version));
                return 0;
            case ["hold", var folder]:
                using (VectorCollection.Open<string>(folder, new() { Dimension = 2 }))
                {
                    Console.WriteLine("held");
                    Thread.Sleep(Timeout.Infinite);
                }
                return 0;
            case ["fill", var folder]:
                FullDisk.Fill(folder);
                return 0;
            default:
                Console.Error.WriteLine("This is a library of tests; run it by dotnet test.");
                return 2;
        }
    }

    /// <summary>Starts this program where no file may have more bytes than some: writing fails then as on a full disk.</summary>
    internal static Process StartLimited(int kibibytes, params string[] arguments)
    {
        // Half kibibytes by POSIX; what is ignored stays so. The runtime's own code would go through a file else.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        foreach (string argument in (string[])["-c", $"trap '' XFSZ; ulimit -f {2 * kibibytes}; exec \"$@\"", "sh", Host, .. Arguments(arguments)]) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    static string Host => Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

    static string[] Arguments(string[] arguments) => ["exec", Path.Combine(AppContext.BaseDirectory, "Descent.Search.Tests.dll"), .. arguments];

    /// <summary>Starts this program.</summary>
    internal static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Host) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in Arguments(arguments)) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
