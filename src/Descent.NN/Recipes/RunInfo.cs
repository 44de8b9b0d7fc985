namespace Descent.NN;

/// <summary>What a run folder tells without its data being read.</summary>
public sealed record RunInfo
{
    /// <summary>The folder's name.</summary>
    public required string Name { get; init; }

    /// <summary>The settings that the run was made with.</summary>
    public required RunConfig Config { get; init; }

    /// <summary>The rows of metrics.csv.</summary>
    public required IReadOnlyList<MetricRow> Rows { get; init; }

    /// <summary><c>finished</c>, <c>running</c> or <c>stopped</c>.</summary>
    public required string State { get; init; }

    /// <summary>When it was last started.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>The figure that runs are compared by, and its best value: validation accuracy where there is one, else validation loss, else the loss.</summary>
    public (string Name, double Value)? Best
    {
        get
        {
            foreach (var (name, goal) in (ReadOnlySpan<(string, MetricGoal)>)[("validation_accuracy", MetricGoal.Max), ("validation_loss", MetricGoal.Min), ("train_loss", MetricGoal.Min)])
            {
                double best = double.NaN;
                foreach (var row in Rows)
                    if (goal.IsBetter(row[name], best)) best = row[name];
                if (!double.IsNaN(best)) return (name, best);
            }
            return null;
        }
    }

    /// <summary>The runs in a folder, or the folder itself where it is one, in the order of their names; and the names of those that cannot be read.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static (IReadOnlyList<RunInfo> Runs, IReadOnlyList<string> Unreadable) List(string path)
    {
        if (!Directory.Exists(path)) throw new DirectoryNotFoundException($"{path} does not exist. Expected a folder of runs.");
        string[] folders = [.. ((string[])[path, .. Directory.GetDirectories(path).Order(StringComparer.Ordinal)]).Where(f => File.Exists(Path.Combine(f, "config.json")))];
        var read = folders.Select(f => (Folder: f, Run: Read(f))).ToArray();
        return ([.. read.Select(r => r.Run).OfType<RunInfo>()], [.. read.Where(r => r.Run is null).Select(r => Path.GetFileName(r.Folder))]);
    }

    /// <summary>A run, or null where the folder holds none that this version reads.</summary>
    static RunInfo? Read(string path)
    {
        try
        {
            var folder = RunFolder.Open(path);
            var environment = RunEnvironment.Read(folder);
            bool finished = File.Exists(folder.ReportFile) && File.GetLastWriteTimeUtc(folder.ReportFile) >= File.GetLastWriteTimeUtc(folder.EnvironmentFile);
            return new()
            {
                Name = Path.GetFileName(folder.Path),
                Config = RunConfig.Read(folder),
                Rows = folder.ReadMetrics(),
                State = finished ? "finished" : environment?.IsAlive() == true ? "running" : "stopped",
                Started = environment?.Started,
            };
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The settings in which runs differ, each with its value in every run, empty where a run lacks it.</summary>
    public static IReadOnlyList<(string Setting, IReadOnlyList<string> Values)> Differences(IReadOnlyList<RunInfo> runs)
    {
        var tables = runs.Select(r => r.Config.Table().ToDictionary(t => t.Name, t => t.Value)).ToArray();
        return [.. tables.SelectMany(t => t.Keys).Distinct()
            .Select(name => (name, Values: (IReadOnlyList<string>)[.. tables.Select(t => t.GetValueOrDefault(name, ""))]))
            .Where(s => s.Values.Distinct().Count() > 1)];
    }
}
