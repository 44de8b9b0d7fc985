using System.Globalization;
using System.Text.Json;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>The options of a run and the lines it prints: one figure a line.</summary>
sealed class Report
{
    readonly string _task;
    readonly bool _json;
    readonly int[] _threads;
    readonly string[] _only;

    Report(string task, bool json, int[] threads, string[] only, bool autocast, bool large, int seconds) =>
        (_task, _json, _threads, _only, Autocast, Large, Seconds) = (task, json, threads, only, autocast, large, seconds);

    /// <summary>Training in mixed precision is asked for, in place of float32.</summary>
    public bool Autocast { get; }

    /// <summary>The sizes that take many minutes are asked for too.</summary>
    public bool Large { get; }

    /// <summary>How long what has no end of its own goes on.</summary>
    public int Seconds { get; }

    /// <exception cref="ArgumentException">An option is unknown or its value is missing or wrong.</exception>
    public static Report Parse(ReadOnlySpan<string> options, string task)
    {
        bool json = false;
        int[] threads = [.. new[] { 1, Numerics.Threads }.Distinct()];
        string[] only = [];
        bool autocast = false, large = false;
        int seconds = 60;
        for (int i = 0; i < options.Length; i++)
        {
            if (options[i] == "--json")
                json = true;
            else if (options[i] == "--autocast")
                autocast = true;
            else if (options[i] == "--large")
                large = true;
            else if (options[i] is "--threads" or "--only" or "--seconds" && i + 1 == options.Length)
                throw new ArgumentException($"{options[i]} needs a value.");
            else if (options[i] == "--threads")
                threads = [.. options[++i].Split(',').Select(ThreadCount)];
            else if (options[i] == "--seconds")
                seconds = int.TryParse(options[++i], out int given) && given > 0 ? given : throw new ArgumentException($"--seconds: '{options[i]}' is not a whole number from 1 on.");
            else if (options[i] == "--only")
                only = options[++i].Split(',', StringSplitOptions.RemoveEmptyEntries);
            else
                throw new ArgumentException($"Unknown option '{options[i]}'; there are --threads, --only, --seconds, --autocast, --large and --json.");
        }
        return new(task, json, threads, only, autocast, large, seconds);
    }

    static int ThreadCount(string text) =>
        int.TryParse(text, out int count) && count is >= 1 and <= 1024
            ? count
            : throw new ArgumentException($"--threads: '{text}' is not a number from 1 to 1024.");

    /// <summary>Runs the task once for each thread count.</summary>
    public void ForEachThreadCount(Action<Report> run)
    {
        foreach (int threads in _threads)
        {
            Numerics.Threads = threads;
            run(this);
        }
    }

    /// <summary>Whether a figure of one of these names is asked for.</summary>
    public bool Wants(params string[] names) =>
        _only.Length == 0 || _only.Any(o => names.Append(_task).Any(n => n.Contains(o, StringComparison.Ordinal)));

    /// <summary>Arguments that run one configuration of a task as this run does.</summary>
    public string[] Options(string task, string only) =>
        [task, "--threads", Numerics.Threads.ToString(CultureInfo.InvariantCulture), "--only", only, .. _json ? ["--json"] : Array.Empty<string>()];

    public void Emit(string task, string config, string metric, double value, string unit, double spread)
    {
        string rounded = value.ToString("G6", CultureInfo.InvariantCulture);
        Console.WriteLine(_json
            ? $"{{\"peer\":\"descent\",\"task\":{Quote(task)},\"config\":{Quote(config)},\"metric\":{Quote(metric)}," +
              $"\"value\":{rounded},\"unit\":{Quote(unit)},\"threads\":{Numerics.Threads}," +
              $"\"spread\":{spread.ToString("F3", CultureInfo.InvariantCulture)}}}"
            : $"{task,-12} {config,-44} {metric,-12} {rounded,12} {unit,-10} threads={Numerics.Threads} spread={spread:P0}");
        Console.Out.Flush();
    }

    /// <summary>A line for who reads, which is left out where lines are to be parsed.</summary>
    public void Say(string line)
    {
        if (!_json) Console.WriteLine(line);
    }

    static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
