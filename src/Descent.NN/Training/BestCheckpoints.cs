using System.Globalization;

namespace Descent.NN;

/// <summary>Keeps the weights of the best rows by a figure, each as a safetensors file of the model's state dict.</summary>
/// <param name="folder">Where the files are; it is made where it does not exist.</param>
/// <param name="keep">How many.</param>
/// <param name="monitor">The figure, such as <c>validation_loss</c>.</param>
/// <param name="goal">Which values are better.</param>
public sealed class BestCheckpoints(string folder, int keep = 1, string monitor = "validation_loss", MetricGoal goal = MetricGoal.Min) : ITrainingCallback
{
    const string Prefix = "best-step", Ending = ".safetensors";

    readonly List<(double Value, string File)> _kept = [];

    /// <summary>The figures and files, the best first.</summary>
    public IReadOnlyList<(double Value, string File)> Kept => _kept;

    /// <inheritdoc/>
    public void OnRow(Trainer trainer, MetricRow row)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        double value = row.Monitored(monitor);
        int place = _kept.FindIndex(k => goal.IsBetter(value, k.Value));
        if (place < 0) place = _kept.Count;
        if (place >= keep || double.IsNaN(value) || trainer.Options.FastDevRun) return;
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{row.Step}{Ending}"));
        trainer.SaveModel(file);
        _kept.Insert(place, (value, file));
        if (_kept.Count <= keep) return;
        File.Delete(_kept[keep].File);
        _kept.RemoveAt(keep);
    }

    /// <inheritdoc/>
    public string Save() => string.Join('\n', _kept.Select(k => string.Create(CultureInfo.InvariantCulture, $"{k.Value:R} {Path.GetFileName(k.File)}")));

    /// <inheritdoc/>
    public void Load(string state)
    {
        _kept.Clear();
        foreach (string line in state.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            string file = line[(space + 1)..];
            // What falls out of the list is deleted: no other file may be named here.
            if (file != Path.GetFileName(file) || !file.StartsWith(Prefix, StringComparison.Ordinal) || !file.EndsWith(Ending, StringComparison.Ordinal))
                throw new FormatException($"{file} is no file of a best checkpoint.");
            _kept.Add((double.Parse(line[..space], CultureInfo.InvariantCulture), Path.Combine(folder, file)));
        }
    }
}
