using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Descent.Tabular.Tests;

/// <summary>Files of steps in which a value was changed: they are refused, or the step still keeps within its arrays.</summary>
public sealed class DamagedStepTests
{
    static readonly Func<JsonNode?>[] s_values = [() => null, () => -1, () => 1_000_000_000, () => 0.5, () => "other", () => new JsonArray(), () => new JsonArray(-1), () => new JsonArray((JsonNode?)null)];

    public static TheoryData<TransformerCase> Steps => TransformerTests.Steps;

    [Theory, MemberData(nameof(Steps))]
    public void A_changed_value_never_leads_outside_of_arrays(TransformerCase step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var (frame, y) = TransformerTests.Sample(60, 1, step);
        byte[] file = TransformerTests.Bytes(step.Step.Fit(frame, y));
        var whole = JsonNode.Parse(Part(file))!;
        var rows = frame.Slice(0, 5);
        int tried = 0;
        foreach (string path in Paths(whole[nameof(Steps)]!).ToArray())
        {
            for (int v = -1; v < s_values.Length; v++)
            {
                var changed = JsonNode.Parse(whole.ToJsonString())!;
                Change(changed[nameof(Steps)]!, path.Split('/'), v);
                Try(file, changed, rows, $"{path} ← {(v < 0 ? "nothing" : s_values[v]()?.ToJsonString() ?? "null")}");
                tried++;
            }
        }
        Assert.True(tried > 8, $"{tried} values were changed");
    }

    static void Try(byte[] file, JsonNode changed, Frame rows, string what)
    {
        try
        {
            var loaded = ModelFile.LoadPipeline(new MemoryStream(WithPart(file, changed.ToJsonString())));
            foreach (var step in loaded.Steps) step.Apply(rows);
        }
        catch (Exception error) when (error is InvalidDataException or (ArgumentException and not ArgumentNullException and not ArgumentOutOfRangeException))
        {
            // Refused in words.
        }
        catch (Exception error)
        {
            Assert.Fail($"{what}: {error.GetType().Name}: {error.Message}");
        }
    }

    /// <summary>The values below a node, of lists the first two.</summary>
    static IEnumerable<string> Paths(JsonNode node)
    {
        var children = node switch
        {
            JsonObject o => o.Select(p => (p.Key, p.Value)),
            JsonArray a => a.Take(2).Select((item, i) => ($"{i}", item)),
            _ => [],
        };
        foreach (var (key, child) in children)
        {
            yield return key;
            if (child is null) continue;
            foreach (string below in Paths(child)) yield return $"{key}/{below}";
        }
    }

    static void Change(JsonNode node, string[] path, int value)
    {
        foreach (string key in path[..^1]) node = node is JsonArray list ? list[int.Parse(key, System.Globalization.CultureInfo.InvariantCulture)]! : node[key]!;
        string last = path[^1];
        switch (node)
        {
            case JsonArray list:
                int at = int.Parse(last, System.Globalization.CultureInfo.InvariantCulture);
                if (value < 0) list.RemoveAt(at);
                else list[at] = s_values[value]();
                break;
            case JsonObject item:
                if (value < 0) item.Remove(last);
                else item[last] = s_values[value]();
                break;
        }
    }

    static string Part(byte[] file)
    {
        using var zip = new ZipArchive(new MemoryStream(file));
        using var reader = new StreamReader(zip.GetEntry("model.json")!.Open());
        return reader.ReadToEnd();
    }

    static byte[] WithPart(byte[] file, string json)
    {
        var stream = new MemoryStream();
        stream.Write(file);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            zip.GetEntry("model.json")!.Delete();
            using var writer = new StreamWriter(zip.CreateEntry("model.json").Open());
            writer.Write(json);
        }
        return stream.ToArray();
    }
}
