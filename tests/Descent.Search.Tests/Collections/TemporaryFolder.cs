namespace Descent.Search.Tests;

/// <summary>A folder that is gone after the test.</summary>
sealed class TemporaryFolder : IDisposable
{
    internal string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "descent-" + System.IO.Path.GetRandomFileName());

    internal string At(string name) => System.IO.Path.Combine(Path, name);

    internal string[] Names => Directory.Exists(Path) ? [.. Directory.GetFiles(Path).Select(f => System.IO.Path.GetFileName(f)!).Order(StringComparer.Ordinal)] : [];

    /// <summary>A copy of all files.</summary>
    internal TemporaryFolder Copy()
    {
        var copy = new TemporaryFolder();
        Directory.CreateDirectory(copy.Path);
        foreach (string name in Names)
            if (name is not "lock") File.Copy(At(name), copy.At(name));
        return copy;
    }

    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}
