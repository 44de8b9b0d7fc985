using Descent.Tensors;

namespace Descent.NN;

/// <summary>The trained network of a run folder, for other programs.</summary>
public static class RunExport
{
    static readonly Dictionary<string, Action<Module, Tensor, string>> s_formats = new()
    {
        ["onnx"] = static (model, example, file) => Onnx.Export(model, example, file),
        ["safetensors"] = static (model, _, file) => Pretrained.SaveFile(model, file),
        ["pt"] = static (model, _, file) => model.SaveTorch(file),
    };

    /// <summary>The formats' names.</summary>
    public static IReadOnlyCollection<string> Formats => s_formats.Keys;

    /// <summary>Writes the network of a run's last checkpoint.</summary>
    /// <param name="path">The run folder.</param>
    /// <param name="format">One of <see cref="Formats"/>: a graph of operators, or the state dict alone.</param>
    /// <param name="file">Where to.</param>
    /// <exception cref="ArgumentException">The format is not known.</exception>
    /// <exception cref="IOException">There is no run in the folder, or no checkpoint yet.</exception>
    /// <exception cref="InvalidDataException">Its files are damaged.</exception>
    public static void Write(string path, string format, string file)
    {
        if (!s_formats.TryGetValue(format, out var write))
            throw new ArgumentException($"{(format.Length > 0 ? $"--format {format} is not known" : "The file has no ending that tells its format: give it one, or --format")}; the formats are: {string.Join(", ", Formats)}.");
        var folder = RunFolder.Open(path);
        var config = RunConfig.Read(folder);
        if (!File.Exists(folder.CheckpointFile))
            throw new FileNotFoundException($"{path} has no checkpoint yet. Go on with it by descent train --resume {path}.");
        var (model, example) = Recipes.Get(config.Model).Restore(config);
        Checkpoints.LoadModel(folder.CheckpointFile, model);
        write(model.Eval(), example, file);
    }
}
