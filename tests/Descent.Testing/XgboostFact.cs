using Xunit;

namespace Descent.Testing;

/// <summary>A test that XGBoost takes part in; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class XgboostFactAttribute : FactAttribute
{
    static readonly Lazy<string?> s_python = new(() =>
        new[] { Environment.GetEnvironmentVariable("DESCENT_PYTHON"), "/usr/bin/python3", "python3", "python" }
            .FirstOrDefault(program => program is not null && Interop.Run(program, "-c", "import xgboost") is { Exit: 0 }));

    /// <summary>A Python that has XGBoost, or null.</summary>
    public static string? Python => s_python.Value;

    public override string Skip
    {
        get => Python is null ? "No Python with XGBoost was found; set DESCENT_PYTHON to one." : null!;
        set => throw new NotSupportedException();
    }
}
