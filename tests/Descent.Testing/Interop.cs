using System.Diagnostics;
using Xunit;

namespace Descent.Testing;

/// <summary>Other programs that check what this library writes: the scripts under <c>tests/interop</c>.</summary>
public static class Interop
{
    static readonly Lazy<string?> s_python = new(() =>
        new[] { Environment.GetEnvironmentVariable("DESCENT_PYTHON"), "python3", "/usr/bin/python3", "python" }
            .FirstOrDefault(program => program is not null && Run(program, "-c", "import torch") is { Exit: 0 }));

    /// <summary>A Python that has PyTorch, or null. <c>DESCENT_PYTHON</c> names one that is not on the path.</summary>
    public static string? Python => s_python.Value;

    /// <summary>Runs a script under <c>tests/interop</c> and gives what it printed.</summary>
    public static string Script(string program, string script, params string[] arguments)
    {
        var (exit, output) = Run(program, [Path.Combine(RepositoryRoot.Path, "tests/interop", script), .. arguments]);
        Assert.True(exit == 0, $"{script} ended with {exit}:\n{output}");
        return output;
    }

    internal static (int Exit, string Output) Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + error.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (-1, missing.Message);
        }
    }
}

/// <summary>A test that PyTorch takes part in; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TorchFactAttribute : FactAttribute
{
    public override string Skip
    {
        get => Interop.Python is null ? "No Python with PyTorch was found; set DESCENT_PYTHON to one." : null!;
        set => throw new NotSupportedException();
    }
}

/// <summary>A folder of its own for a test, gone afterwards.</summary>
public sealed class TemporaryFolder : IDisposable
{
    readonly string _path = Directory.CreateTempSubdirectory("descent-").FullName;

    /// <summary>The path of a file in the folder.</summary>
    public string this[string file] => Path.Combine(_path, file);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
