using System.Globalization;
using System.Text;
using Descent.Tensors.Formats;

namespace Descent.NN;

/// <summary>The files of a training run, each written whole or not at all.</summary>
public sealed class RunFolder
{
    RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Settings of the run, as JSON.</summary>
    public string ConfigFile => System.IO.Path.Combine(Path, "config.json");

    /// <summary>Weights, optimizer, random state and position.</summary>
    public string CheckpointFile => System.IO.Path.Combine(Path, "checkpoint.safetensors");

    /// <summary>One line per validation or epoch.</summary>
    public string MetricsFile => System.IO.Path.Combine(Path, "metrics.csv");

    /// <summary>The page for people.</summary>
    public string ReportFile => System.IO.Path.Combine(Path, "report.html");

    /// <summary>One held-out image, to try prediction on.</summary>
    public string SampleFile => System.IO.Path.Combine(Path, "sample.png");

    /// <summary>A new folder, or an empty existing one; null is <c>runs/&lt;name&gt;-&lt;n&gt;</c> with the next free number.</summary>
    /// <exception cref="IOException">The folder holds a run already, or cannot be made.</exception>
    public static RunFolder Create(string? path, string name)
    {
        if (path is null)
        {
            int n = 1;
            while (Directory.Exists(System.IO.Path.Combine("runs", $"{name}-{n}"))) n++;
            path = System.IO.Path.Combine("runs", $"{name}-{n}");
        }
        var folder = new RunFolder(System.IO.Path.GetFullPath(path));
        if (File.Exists(folder.ConfigFile))
            throw new IOException($"{path} holds a run already. Go on with it by --resume {path}, or name another folder.");
        Directory.CreateDirectory(folder.Path);
        return folder;
    }

    /// <summary>The folder of an earlier run.</summary>
    /// <exception cref="IOException">There is no such folder, or no run in it.</exception>
    public static RunFolder Open(string path)
    {
        var folder = new RunFolder(System.IO.Path.GetFullPath(path));
        if (!Directory.Exists(folder.Path)) throw new DirectoryNotFoundException($"{path} does not exist. Expected a run folder of descent train.");
        if (!File.Exists(folder.ConfigFile)) throw new FileNotFoundException($"{path} is no run folder: it has no config.json.");
        return folder;
    }

    /// <summary>Replaces a text file, whole or not at all.</summary>
    public static void Write(string file, string content) => AtomicFile.Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(content)));

    /// <summary>Writes the rows as CSV, one column for every figure that any of them has.</summary>
    public void WriteMetrics(IReadOnlyList<MetricRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        string[] names = [.. rows.SelectMany(r => r.Values.Keys).Distinct()];
        var csv = new StringBuilder($"epoch,step,seconds{string.Concat(names.Select(n => $",{n}"))}\n");
        foreach (var row in rows)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{row.Epoch},{row.Step},{row.Seconds:F3}");
            foreach (string name in names) csv.Append(',').Append(row.Values.TryGetValue(name, out double value) ? value.ToString("R", CultureInfo.InvariantCulture) : "");
            csv.Append('\n');
        }
        Write(MetricsFile, csv.ToString());
    }
}
