using System.CommandLine;
using Descent.NN;

namespace Descent.Cli;

/// <summary><c>descent runs</c>: what runs a folder holds, how they did, and in which settings they differ.</summary>
static class RunsVerb
{
    static readonly Dictionary<string, Func<RunInfo, IComparable>> s_orders = new()
    {
        ["name"] = r => r.Name,
        ["model"] = r => r.Config.Model,
        ["steps"] = r => r.Rows.Count > 0 ? r.Rows[^1].Step : 0,
        ["best"] = r => r.Best is { } best ? best.Name.EndsWith("accuracy", StringComparison.Ordinal) ? -best.Value : best.Value : double.MaxValue,
        ["time"] = r => r.Rows.Count > 0 ? r.Rows[^1].Seconds : 0,
        ["started"] = r => r.Started ?? DateTimeOffset.MinValue,
    };

    internal static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Folder of run folders, or one of them.", DefaultValueFactory = _ => "runs" };
        var sort = new Option<string>("--sort") { Description = $"Order of the list: {string.Join(", ", s_orders.Keys)}.", DefaultValueFactory = _ => "name" };
        var command = new VerbCommand("runs", "List the runs of a folder and compare their settings.", """
            Examples:
              descent runs
              descent runs runs --sort best

            """)
        { folder, sort };
        command.SetVerb((arguments, _) =>
        {
            string order = arguments.GetRequiredValue(sort);
            if (!s_orders.TryGetValue(order, out var key)) throw new ArgumentException($"--sort {order} is not known; there are: {string.Join(", ", s_orders.Keys)}.");
            string path = arguments.GetRequiredValue(folder);
            var (found, unreadable) = RunInfo.List(path);
            RunInfo[] runs = [.. found.OrderBy(key)];
            if (runs.Length == 0) Console.WriteLine($"{path} holds no runs.");
            else Show(runs);
            if (unreadable.Count > 0) Console.Error.WriteLine($"descent: left out, for their files are damaged or of another version: {string.Join(", ", unreadable)}");
            return Verb.Success;
        });
        return command;
    }

    static void Show(RunInfo[] runs)
    {
        TextTable.Print(["run", "model", "steps", "best", "time", "state"], [.. runs.Select(r => (string[])
            [r.Name, r.Config.Model, r.Rows.Count > 0 ? $"{r.Rows[^1].Step:N0}" : "0", r.Best is { } best ? $"{best.Name} {Value(best.Name, best.Value)}" : "",
                r.Rows.Count > 0 ? $"{TimeSpan.FromSeconds(Math.Round(r.Rows[^1].Seconds)):g}" : "", r.State])]);
        // Only runs of one network have settings that can be held against each other.
        foreach (var group in runs.GroupBy(r => r.Config.Model).Where(g => g.Count() > 1))
        {
            var differences = RunInfo.Differences([.. group]);
            if (differences.Count == 0) continue;
            Console.WriteLine($"\nwhere the {group.Key} runs differ");
            TextTable.Print(["setting", .. group.Select(r => r.Name)], [.. differences.Select(d => (string[])[d.Setting, .. d.Values.Select(Short)])]);
        }
    }

    /// <summary>A value on one line, and no longer than a column can be.</summary>
    static string Short(string value)
    {
        const int most = 28;
        string line = string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= most ? line : $"{line[..(most / 2)]}…{line[^(most / 2 - 1)..]}";
    }

    static string Value(string name, double value) => name.EndsWith("accuracy", StringComparison.Ordinal) ? $"{value:P2}" : $"{value:G5}";
}
