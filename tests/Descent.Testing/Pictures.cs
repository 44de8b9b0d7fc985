using Xunit;

namespace Descent.Testing;

/// <summary>Pictures of the pages, which the code beside them draws.</summary>
public static class Pictures
{
    /// <summary>Fails where the picture is no longer what is drawn; with DESCENT_DRAW set, draws it anew.</summary>
    public static void Same(string name, string svg)
    {
        string path = Path.Combine(RepositoryRoot.Path, "docs/concepts/pictures", name);
        if (Environment.GetEnvironmentVariable("DESCENT_DRAW") is not null) File.WriteAllText(path, svg.ReplaceLineEndings("\n"));
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), svg.ReplaceLineEndings("\n"));
    }
}
