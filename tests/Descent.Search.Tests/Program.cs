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
            default:
                Console.Error.WriteLine("This is a library of tests; run it by dotnet test.");
                return 2;
        }
    }

    /// <summary>Starts this program.</summary>
    internal static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Descent.Search.Tests.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
