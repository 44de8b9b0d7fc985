using System.Text.Json;
using Descent.Tensors.Formats;
using Descent.Testing;

namespace Descent.Tensors.Tests.Formats;

/// <summary>Files written by other programs, where the folder with them exists.</summary>
static class GoldenFiles
{
    /// <summary>The folder, or null.</summary>
    internal static string? Folder { get; } = GoldenFolder.Default is { Exists: true } folder ? folder.Path : null;

    internal static string Path(string file) => System.IO.Path.Combine(Folder!, file);

    /// <summary>The cases of one operation in <c>e2e.json</c>; none where the folder is missing.</summary>
    internal static IEnumerable<JsonElement> Cases(string operation)
    {
        if (Folder is null) return [];
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path("e2e.json")));
        return [.. json.RootElement.GetProperty("cases").EnumerateArray()
            .Where(c => c.GetProperty("op").GetString() == operation).Select(c => c.Clone())];
    }

    /// <summary>The tensors that a case expects, by the name of the output.</summary>
    internal static IEnumerable<(string Name, Tensor Tensor)> Outputs(JsonElement testCase)
    {
        var file = SafetensorsFile.Open(Path("e2e.safetensors"));
        foreach (var output in testCase.GetProperty("outputs").EnumerateObject())
            yield return (output.Name, file.Read(output.Value.GetString()!));
    }

    /// <summary>Type, shape and every bit of every element.</summary>
    internal static void AssertSame(Tensor expected, Tensor actual, string name)
    {
        Assert.True(expected.DType == actual.DType, $"{name}: {actual.DType}, expected {expected.DType}");
        Assert.True(expected.Shape == actual.Shape, $"{name}: {actual.Shape}, expected {expected.Shape}");
        Assert.True(Bytes(expected).AsSpan().SequenceEqual(Bytes(actual)), name);
    }

    internal static byte[] Bytes(Tensor x)
    {
        using var stream = new MemoryStream();
        ElementStream.Write(x, stream);
        return stream.ToArray();
    }
}
