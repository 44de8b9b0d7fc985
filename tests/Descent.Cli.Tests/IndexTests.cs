using System.Text.Json;
using System.Xml.Linq;
using Descent.Search;
using Descent.Tensors;

namespace Descent.Cli.Tests;

public sealed class IndexTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-index-").FullName;

    public IndexTests() => File.WriteAllText(At("p.csv"), "id,x,y\n5,1,2\n6,0,1\n9,4,4\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string At(string name) => Path.Combine(_folder, name);

    static string Run(params string[] arguments)
    {
        var (exit, output, error) = DescentProcess.Run(["index", .. arguments]);
        Assert.True(exit == 0, output + error);
        return output;
    }

    [Fact]
    public void An_index_is_built_searched_changed_and_described()
    {
        Run("build", At("p.csv"), "--out", At("p.index"), "--kind", "hnsw", "--set", "m=8");
        string line = Run("search", At("p.index"), "--vector", "0,0", "--k", "2", "--json").Trim();
        Assert.Equal("""{"query":0,"neighbors":[{"id":6,"distance":1},{"id":5,"distance":5}]}""", line);
        Assert.Contains("\"id\":9", Run("search", At("p.index"), "--id", "6", "--filter-ids", "9,10", "--json"), StringComparison.Ordinal);

        Run("search", At("p.index"), At("p.csv"), "--k", "2", "--out", At("found.ivecs"));
        Assert.Equal([[5, 6], [6, 5], [9, 5]], VectorFiles.LoadIntegers(At("found.ivecs")));
        Run("search", At("p.index"), At("p.csv"), "--k", "1", "--out", At("found.jsonl"));
        Assert.Equal([5, 6, 9], File.ReadLines(At("found.jsonl")).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("query").GetInt64()));

        File.WriteAllText(At("more.jsonl"), "[0,0]\n[9,9]\n");
        Assert.Contains("2 added, 0 replaced; 5 vectors", Run("add", At("p.index"), At("more.jsonl")), StringComparison.Ordinal);
        File.WriteAllText(At("gone.txt"), "9\n\n7\n");
        Assert.Contains("2 removed, 1 were not there; 3 vectors", Run("remove", At("p.index"), "6", At("gone.txt")), StringComparison.Ordinal);
        using (var index = VectorIndex.Open(At("p.index"))) Assert.Equal([5, 10, 11], index.ListIds());

        Assert.Contains("every vector", Run("info", At("p.index")), StringComparison.Ordinal);
        using var info = JsonDocument.Parse(Run("info", At("p.index"), "--json"));
        Assert.Equal(("hnsw", 3), (info.RootElement.GetProperty("kind").GetString(), info.RootElement.GetProperty("vectors").GetInt32()));
    }

    [Fact]
    public void A_recall_that_is_asked_for_is_measured_and_kept_in_the_file()
    {
        string output = Run("build", "--out", At("a.index"), "--kind", "hnsw", "--recall", "0.9");
        Assert.Contains("on 1,000 vectors held out, by --ef ", output, StringComparison.Ordinal);
        using var index = VectorIndex.Open(At("a.index"));
        Assert.Equal(10_000, index.Count);
        Assert.NotEqual(new HnswIndex(2).DefaultEf, index.DefaultEf);
    }

    [Fact]
    public void A_kind_is_chosen_and_the_reason_told()
    {
        VectorFiles.SaveFloats(At("a.fvecs"), Tensor.From<float>(VectorSamples.Clusters(1500, 8, 6, 4), [1500, 8]));
        string output = Run("build", At("a.fvecs"), "--out", At("a.index"), "--recall", "0.9");
        foreach (string part in (string[])["tried on ", "\n> ", "chosen and built in"]) Assert.Contains(part, output, StringComparison.Ordinal);
        using (var index = VectorIndex.Open(At("a.index"))) Assert.Equal(1500, index.Count);
        var (exit, _, error) = DescentProcess.Run("index", "build", At("a.fvecs"), "--out", At("b.index"), "--memory", "0.001");
        Assert.Equal(2, exit);
        Assert.Contains("nothing fits into 1000 bytes", error, StringComparison.Ordinal);
        Assert.Contains("Raise --memory", Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void Kinds_are_measured_on_one_picture()
    {
        float[] vectors = VectorSamples.Clusters(600, 12, 6, 4);
        VectorFiles.SaveFloats(At("a.fvecs"), Tensor.From<float>(vectors, [600, 12]));
        string kinds = string.Join(',', IndexKinds.All.Select(k => k.Name));
        string output = Run("bench", At("a.fvecs"), "--kind", kinds, "--svg", At("curve.svg"), "--recall", "0.9");
        Assert.Contains("540 vectors of 12 elements, 60 queries", output, StringComparison.Ordinal);
        var picture = XDocument.Load(At("curve.svg"));
        foreach (string name in kinds.Split(','))
        {
            Assert.Contains($"\n{name} ", output, StringComparison.Ordinal);
            Assert.Contains(picture.Descendants(), e => e.Name.LocalName == "text" && e.Value == name);
        }
        Run("build", At("a.fvecs"), "--out", At("a.index"));
        output = Run("bench", At("a.fvecs"), "--queries", At("a.fvecs"), "--kind", "none", "--index", At("a.index"));
        Assert.Contains("a.index", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("voronoi", false)]
    [InlineData("delaunay", true)]
    [InlineData("gabriel", true)]
    [InlineData("rng", true)]
    [InlineData("mst", true)]
    [InlineData("mrng", true)]
    [InlineData("msnet", true)]
    [InlineData("nsg", true)]
    [InlineData("hnsw", true)]
    public void Graphs_are_drawn_with_the_way_of_a_search(string graph, bool hasPath)
    {
        string output = Run("draw", "--graph", graph, "--count", "40", "--query", "0.9,0.1", "--cells", "--out", At("a.svg"));
        Assert.Contains(graph, output, StringComparison.Ordinal);
        var svg = XDocument.Load(At("a.svg"));
        Assert.True(svg.Descendants().Count(e => e.Name.LocalName == "circle") > 40);
        Assert.Equal(hasPath, svg.Descendants().Any(e => e.Attribute("class")?.Value == "path"));
        if (hasPath) Assert.Contains(" hops, ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("draw --out X", "ends in .svg")]
    [InlineData("draw --out X.svg --graph foo", "there are: voronoi, ")]
    [InlineData("draw --out X.svg --graph flat", "no graph of layers")]
    [InlineData("draw --out X.svg --from 3", "say --query too")]
    [InlineData("draw --out X.svg --from 99 --query 0,0", "points 0 to 59")]
    [InlineData("draw --out X.svg --query 0", "expected two numbers")]
    [InlineData("draw --out X.svg --graph hnsw --layer 9", "--layer 9: there are")]
    [InlineData("draw --out X.svg --graph rng --set m=4", "rng is none")]
    [InlineData("draw --out X.svg --count 5000", "expected 1 to 2000")]
    [InlineData("build P --out X --kind hnws", "There is no kind of index 'hnws'; there are: flat, ")]
    [InlineData("build P --out X --kind hnsw --set depth=3", "hnsw has no parameter 'depth'; there are: m (16), ef_construction (200), code (none)")]
    [InlineData("build P --out X --kind hnsw --set code=int3", "code is 'int3'; there are: none, int8, ")]
    [InlineData("build P --out X --metric hamming --elements int8", "Hamming is for Binary")]
    [InlineData("build P --out X --metric manhattan", "there are: l2, ip, cosine, hamming")]
    [InlineData("build P --out none/X", "There is no folder")]
    [InlineData("build P --out X --kind hnsw --recall 0.9", "too few to measure by")]
    [InlineData("build P --out X --kind hnsw --memory 10", "--memory is what auto keeps to")]
    [InlineData("build P --out X --set m=8", "name a kind of index to set them")]
    [InlineData("build P --out X --recall 7", "expected a share such as 0.95")]
    [InlineData("build P.not --out X", "Could not find")]
    [InlineData("search P --id 3", "byte 8: this is no file of an index")]
    [InlineData("search I", "Name a file of queries")]
    [InlineData("search I --id 3", "the index has no such id")]
    [InlineData("search I --vector 1", "--vector has 1 elements; the index holds vectors of 2")]
    [InlineData("search I --vector 1,b", "'b' is no number")]
    [InlineData("search I --vector 1,2 --out X.txt", "ends in .ivecs or .jsonl")]
    [InlineData("search I --vector 1,2 --filter-ids a", "'a' is no file")]
    [InlineData("add I P.not", "Could not find")]
    [InlineData("remove I a", "'a' is no file")]
    [InlineData("bench P", "too few to measure by")]
    [InlineData("bench --svg X.png", "ends in .svg")]
    [InlineData("bench P --index I", "say --queries too")]
    public void What_cannot_be_done_is_one_line_that_says_why(string command, string expected)
    {
        using (var index = new FlatIndex(2))
        {
            index.Add(5, [1, 2]);
            index.Save(At("i.index"));
        }
        string before = Listing();
        string[] arguments = [.. command.Split(' ').Select(a => a switch { "P" => At("p.csv"), "P.not" => At("nothing.csv"), "I" => At("i.index"), _ => a.Replace("X", At("x"), StringComparison.Ordinal).Replace("none/", At("none/"), StringComparison.Ordinal) })];
        var (exit, _, error) = DescentProcess.Run(["index", .. arguments]);
        Assert.Equal(2, exit);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Equal(before, Listing());
    }

    [Fact]
    public void Interrupting_leaves_the_old_file_whole()
    {
        if (OperatingSystem.IsWindows()) return;
        Run("build", At("p.csv"), "--out", At("a.index"));
        byte[] before = File.ReadAllBytes(At("a.index"));
        VectorFiles.SaveFloats(At("many.fvecs"), Tensor.From<float>(VectorSamples.Cloud(60_000, 96), [60_000, 96]));
        using var build = DescentProcess.Start("index", "build", At("many.fvecs"), "--out", At("a.index"), "--kind", "hnsw", "--set", "ef_construction=2000");
        // Its first line comes when the vectors are read.
        Assert.NotNull(build.StandardOutput.ReadLine());
        Thread.Sleep(500);
        DescentProcess.Interrupt(build);
        Assert.True(build.WaitForExit(30_000));
        Assert.Equal(130, build.ExitCode);
        Assert.Contains("nothing was written", build.StandardError.ReadToEnd(), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(At("a.index")));
        Assert.Equal(3, Directory.GetFiles(_folder).Length);
    }

    string Listing() => string.Join('\n', Directory.GetFiles(_folder).Order());
}
