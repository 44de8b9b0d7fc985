using Xunit;

namespace Descent.Testing;

/// <summary>A test that LightGBM takes part in; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LightGbmFactAttribute : FactAttribute
{
    static readonly Lazy<string?> s_python = new(() =>
        new[] { Environment.GetEnvironmentVariable("DESCENT_PYTHON"), "/usr/bin/python3", "python3", "python" }
            .FirstOrDefault(program => program is not null && Interop.Run(program, "-c", "import lightgbm") is { Exit: 0 }));

    /// <summary>A Python that has LightGBM, or null.</summary>
    public static string? Python => s_python.Value;

    public override string Skip
    {
        get => Python is null ? "No Python with LightGBM was found; set DESCENT_PYTHON to one, or PYTHONPATH to the folder of its package." : null!;
        set => throw new NotSupportedException();
    }
}
