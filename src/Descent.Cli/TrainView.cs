using Descent.NN;
using Spectre.Console;

namespace Descent.Cli;

/// <summary>What a person sees while a run trains: a live bar in a terminal, plain lines elsewhere; then how it ended.</summary>
static class TrainView
{
    internal static int Show(Run run, CancellationToken cancellation)
    {
        Console.WriteLine($"{run.Config.Model} on {run.Description}");
        bool finished = AnsiConsole.Profile.Out.IsTerminal ? Live(run, cancellation) : Plain(run, cancellation);
        string folder = Path.GetRelativePath(Environment.CurrentDirectory, run.Folder.Path);
        if (!finished)
        {
            Console.WriteLine($"\nstopped and saved; go on with\n  descent train --resume {folder}");
            return Verb.Interrupted;
        }
        var report = run.Finish();
        var state = run.Trainer.State;
        Console.WriteLine();
        Console.Write(report.Text);
        if (state.Stopped is { } reason) Console.WriteLine($"stopped early: {reason}");
        if (state.Rows.Count > 0) Console.WriteLine($"{Figures(state.Rows[^1])} after {state.Step:N0} steps in {state.Seconds:F1} s of training");
        Console.WriteLine($"run folder {folder} (report.html, metrics.csv, config.json, model.safetensors, checkpoint.safetensors)");
        if (run.Next(folder) is { } next) Console.WriteLine($"try next\n  {next}");
        return Verb.Success;
    }

    /// <summary>One batch of everything; the run is thrown away.</summary>
    internal static int Try(Run run, CancellationToken cancellation)
    {
        Console.WriteLine($"{run.Config.Model} on {run.Description}");
        if (!Plain(run, cancellation)) return Verb.Interrupted;
        run.Finish();
        Console.WriteLine("one batch of training, one of validation and the report: all run; nothing is kept");
        return Verb.Success;
    }

    /// <summary>The losses that rising rates gave, as bars, and the rate among them that is suggested.</summary>
    internal static int FindRate(Run run)
    {
        const int Lines = 25, Width = 50;
        Console.WriteLine($"{run.Config.Model} on {run.Description}");
        var test = run.Trainer.FindLearningRate(new());
        double most = test.Points.Where(p => double.IsFinite(p.Loss)).Select(p => p.Loss).DefaultIfEmpty(1).Max();
        Console.WriteLine($"{"rate",10}  {"loss",8}");
        foreach (var (rate, loss) in test.Points.Where((_, i) => i % Math.Max(1, test.Points.Count / Lines) == 0))
            Console.WriteLine($"{rate,10:0.0E-0}  {loss,8:F4}  {new string('█', (int)Math.Clamp(Math.Round(loss / most * Width), 0, Width))}");
        Console.WriteLine(double.IsNaN(test.Suggestion) ? "too few rates were tried to suggest one" : $"try --lr {test.Suggestion:0.0E-0}, where the loss falls fastest");
        return Verb.Success;
    }

    static bool Live(Run run, CancellationToken cancellation) =>
        AnsiConsole.Progress().AutoClear(false).HideCompleted(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var bar = context.AddTask("first batch", maxValue: 1);
                var watch = System.Diagnostics.Stopwatch.StartNew();
                double shown = -1;
                return run.Train(new Immediate(progress =>
                {
                    if (watch.Elapsed.TotalSeconds - shown < 0.1 && progress.Fraction < 1) return;
                    shown = watch.Elapsed.TotalSeconds;
                    bar.Value = progress.Fraction;
                    bar.Description = Markup.Escape($"epoch {progress.Epoch}  step {progress.Step:N0}  " +
                        $"{string.Join("  ", progress.Figures.Select(f => Figure(f.Name, f.Value)))}  {progress.ItemsPerSecond,7:N0}/s");
                }), cancellation);
            });

    static bool Plain(Run run, CancellationToken cancellation)
    {
        var rows = run.Trainer.State.Rows;
        int printed = rows.Count;
        return run.Train(new Immediate(progress =>
        {
            for (; printed < rows.Count; printed++)
                Console.WriteLine($"epoch {rows[printed].Epoch}  step {rows[printed].Step:N0}  {Figures(rows[printed])}" +
                    $"  {progress.ItemsPerSecond:N0}/s  {Left(progress.SecondsLeft)}");
        }), cancellation);
    }

    static string Left(double seconds) => seconds < 1e9 ? $"{TimeSpan.FromSeconds(Math.Round(seconds)):g} left" : "";

    static string Figures(MetricRow row) => string.Join("  ", row.Values.Select(v => Figure(v.Key, v.Value)));

    static string Figure(string name, double value) =>
        $"{name.Replace('_', ' ')} {value.ToString(name.EndsWith("accuracy", StringComparison.Ordinal) ? "P2" : "F4")}";

    /// <summary>Reports on the thread that trains, in order; <see cref="Progress{T}"/> would post to the pool.</summary>
    sealed class Immediate(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
