using System.Globalization;
using System.Text;
using Descent.Tensors.Formats;

namespace Descent.NN;

/// <summary>The files of a training run, each written whole or not at all.</summary>
public sealed class RunFolder
{
    bool _isMade;

    RunFolder(string path) => Path = path;

    /// <summary>The path of the folder.</summary>
    public string Path { get; }

    /// <summary>Settings of the run, as JSON.</summary>
    public string ConfigFile => System.IO.Path.Combine(Path, "config.json");

    /// <summary>Weights, optimizer, random state and position.</summary>
    public string CheckpointFile => System.IO.Path.Combine(Path, "checkpoint.safetensors");

    /// <summary>The weights of the finished run alone, averaged where they are: a state dict.</summary>
    public string ModelFile => System.IO.Path.Combine(Path, "model.safetensors");

    /// <summary>One line per validation or epoch.</summary>
    public string MetricsFile => System.IO.Path.Combine(Path, "metrics.csv");

    /// <summary>Where and with what the run was made.</summary>
    public string EnvironmentFile => System.IO.Path.Combine(Path, "environment.json");

    /// <summary>TensorBoard's event files.</summary>
    public string EventsFolder => System.IO.Path.Combine(Path, "events");

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
        try
        {
            folder._isMade = !Directory.Exists(folder.Path);
            Directory.CreateDirectory(folder.Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The run folder {path} cannot be made: {error.Message} Name another by --out.", error);
        }
        return folder;
    }

    /// <summary>Leaves nothing behind where a run could not be made.</summary>
    internal void DeleteIfEmpty()
    {
        if (_isMade && !Directory.EnumerateFileSystemEntries(Path).Any()) Directory.Delete(Path);
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

    /// <summary>Reads what <see cref="WriteMetrics"/> wrote; nothing where there is no file yet.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public IReadOnlyList<MetricRow> ReadMetrics()
    {
        if (!File.Exists(MetricsFile)) return [];
        string[] lines = File.ReadAllLines(MetricsFile);
        string[] names = lines.Length > 0 ? lines[0].Split(',') : [];
        var rows = new List<MetricRow>();
        foreach (string line in lines.Skip(1))
        {
            string[] cells = line.Split(',');
            if (names.Length < 3 || cells.Length != names.Length || !int.TryParse(cells[0], CultureInfo.InvariantCulture, out int epoch) ||
                !long.TryParse(cells[1], CultureInfo.InvariantCulture, out long step))
                throw new InvalidDataException($"{MetricsFile}: line {rows.Count + 2} is damaged: {line}");
            var values = new OrderedDictionary<string, double>();
            for (int i = 3; i < cells.Length; i++)
                if (double.TryParse(cells[i], CultureInfo.InvariantCulture, out double value)) values[names[i]] = value;
            rows.Add(new() { Epoch = epoch, Step = step, Seconds = double.TryParse(cells[2], CultureInfo.InvariantCulture, out double seconds) ? seconds : double.NaN, Values = values });
        }
        return rows;
    }
}
