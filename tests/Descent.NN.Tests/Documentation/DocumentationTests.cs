using Descent.Testing;

namespace Descent.NN.Tests.Documentation;

public sealed class DocumentationTests
{
    public static TheoryData<string> Pages =>
        ["README.md", .. Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "docs/concepts"), "*.md")
            .Select(file => Path.GetRelativePath(RepositoryRoot.Path, file)).Order()];

    [Theory, MemberData(nameof(Pages))]
    public void Every_example_of_a_page_is_compiled_and_run(string page)
    {
        string[] folders = ["tests/Descent.NN.Tests/Documentation", "tests/Descent.Tabular.Tests/Documentation", "tests/Descent.Search.Tests/Documentation", "tests/Descent.Testing"];
        var sources = folders.SelectMany(folder => Directory.GetFiles(Path.Combine(RepositoryRoot.Path, folder), "*Snippets.cs"))
            .Select(file => Flat(File.ReadAllText(file))).ToArray();
        var blocks = RepositoryRoot.Read(page).ReplaceLineEndings("\n").Split("```csharp\n").Skip(1).Select(rest => rest.Split("```")[0]).ToArray();

        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.True(sources.Any(source => source.Contains(Flat(block))),
            $"{page}: this example is in no *Snippets.cs:\n{block}"));
    }

    [Theory]
    [InlineData("dotnet run -c Release --project src/Descent.Cli -- train\ndotnet test -c Release\n")]
    public void The_readme_sets_up_with_two_commands(string commands) => Assert.Contains($"```sh\n{commands}```", RepositoryRoot.Read("README.md"));

    /// <summary>The lines without their indentation.</summary>
    static string Flat(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
}
