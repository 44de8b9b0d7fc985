namespace Descent.Testing;

/// <summary>The folder that holds <c>Descent.slnx</c>, above the running test assembly.</summary>
public static class RepositoryRoot
{
    public static string Path { get; } = Find();

    /// <summary>The text of a file of the repository.</summary>
    public static string Read(string relative) => File.ReadAllText(System.IO.Path.Combine(Path, relative));

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Descent.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Descent.slnx.");
    }
}
