using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Descent.Tensors;
using Descent.Testing;

namespace Descent.Tabular.Tests;

/// <summary>Files of fitted tables from strangers.</summary>
public sealed class TableFileTests
{
    static readonly Frame s_rows = ChurnTable.Create(40);

    static byte[] File(string model)
    {
        var run = new TableFit { Target = ChurnTable.Target, Model = model, Settings = model == "boosting" ? [new("rounds", "3"), new("max_depth", "3")] : [], Folds = 2 }.Run(TableData.Churn(120));
        var stream = new MemoryStream();
        ModelFile.Save(run.ToModel(), stream);
        return stream.ToArray();
    }

    static void Read(byte[] file) => ModelFile.LoadTable(new MemoryStream(file)).Pipeline.Prepare(s_rows);

    [Fact]
    public void Damaged_files_are_refused()
    {
        byte[] file = File("boosting");
        Read(file);
        int refused = Fuzz.Verify(Mutator.Mutate(file, 400, 11), Read, factor: 400, constant: 8 << 20);
        Assert.InRange(refused, 200, 400);
        for (int length = 0; length < file.Length; length += 97) Assert.Throws<InvalidDataException>(() => Read(file[..length]));
    }

    [Theory]
    [InlineData("boosting")]
    [InlineData("linear")]
    [InlineData("tree")]
    public void Files_whose_contents_lie_are_refused_or_predict(string model)
    {
        var parts = Unzip(File(model));
        var generator = new Generator(17);
        int refused = 0;
        for (int i = 0; i < 250; i++)
        {
            string name = i % 5 == 0 ? "metrics.json" : i % 5 == 1 ? "provenance.json" : "model.json";
            var root = JsonNode.Parse(parts[name])!;
            Lie(root, generator);
            var changed = new Dictionary<string, byte[]>(parts) { [name] = Encoding.UTF8.GetBytes(root.ToJsonString(new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals })) };
            try
            {
                var table = ModelFile.LoadTable(new MemoryStream(Zip(changed)));
                Assert.NotEmpty(table.Describe());
                try
                {
                    table.Pipeline.WithPredictions(s_rows);
                }
                catch (ArgumentException)
                {
                    // Rows that do not fit the model as it now is.
                }
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
        Assert.True(refused > 50, $"{refused}");
    }

    /// <summary>Changes one thing somewhere in a document.</summary>
    static void Lie(JsonNode root, Generator g)
    {
        var places = new List<Action>();
        Collect(root);
        places[(int)g.NextInt64(0, places.Count)]();

        JsonNode? Other() => g.NextInt64(0, 9) switch { 0 => null, 1 => -1, 2 => int.MaxValue, 3 => 1e300, 4 => "", 5 => new JsonArray(), 6 => new JsonObject(), 7 => true, _ => 7 };

        void Collect(JsonNode node)
        {
            if (node is JsonObject o)
                foreach (string key in o.Select(p => p.Key).ToArray())
                {
                    places.Add(() => o[key] = Other());
                    places.Add(() => o.Remove(key));
                    if (o[key] is { } child) Collect(child);
                }
            else if (node is JsonArray a)
                for (int i = 0; i < a.Count; i++)
                {
                    int at = i;
                    // Long lists would drown all else.
                    if (i is > 2 && i < a.Count - 1) continue;
                    places.Add(() => a[at] = Other());
                    places.Add(() => a.RemoveAt(at));
                    if (a[i] is { } child) Collect(child);
                }
        }
    }

    static Dictionary<string, byte[]> Unzip(byte[] file)
    {
        using var zip = new ZipArchive(new MemoryStream(file));
        return zip.Entries.ToDictionary(e => e.Name, e =>
        {
            using var stream = e.Open();
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return memory.ToArray();
        });
    }

    static byte[] Zip(Dictionary<string, byte[]> parts)
    {
        var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, bytes) in parts)
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write(bytes);
            }
        return memory.ToArray();
    }
}
