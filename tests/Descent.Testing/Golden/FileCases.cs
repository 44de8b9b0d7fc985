using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.Testing;

/// <summary>Files of other libraries.</summary>
static class FileCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["npy_load"] = c => new GoldenOutputs { ["array"] = Npy.Load(Name(c)) },
        ["npz_load"] = c => Named(Npz.Load(Name(c))),
    };

    static string Name(GoldenCall c) => Path.Combine(c.Case.Area.Folder, c.Text("file"));

    static GoldenOutputs Named(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        var outputs = new GoldenOutputs();
        foreach (var (name, tensor) in tensors) outputs.Add(name, tensor);
        return outputs;
    }
}
