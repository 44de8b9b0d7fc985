using Descent.Metrics;
using Descent.NN;
using Spectre.Console;

namespace Descent.Cli;

/// <summary>What a person sees while a run trains: a live bar in a terminal, plain lines elsewhere; then how it ended.</summary>
static class TrainView
{
    internal static int Show(ImageRun run, CancellationToken cancellation)
    {
        Console.WriteLine($"{run.Config.Model} on {run.DataDescription}: {run.TrainImages:N0} images to train, {run.HeldOutImages:N0} held out");
        bool finished = AnsiConsole.Profile.Out.IsTerminal ? Live(run, cancellation) : Plain(run, cancellation);
        string folder = Path.GetRelativePath(Environment.CurrentDirectory, run.Folder);
        if (!finished)
        {
            Console.WriteLine($"\nstopped and saved; go on with\n  descent train --resume {folder}");
            return Verb.Interrupted;
        }
        var result = run.Finish();
        Console.WriteLine();
        Print(result.Confusion);
        Console.WriteLine($"\nheld-out accuracy {result.Confusion.Accuracy:P2} in {result.History.Sum(r => r.Seconds):F1} s of training");
        Console.WriteLine($"run folder {folder} (report.html, metrics.csv, config.json, checkpoint.safetensors)");
        Console.WriteLine($"try next\n  descent predict {folder} {Path.Combine(folder, "sample.png")}");
        return Verb.Success;
    }

    static bool Live(ImageRun run, CancellationToken cancellation) =>
        AnsiConsole.Progress().AutoClear(false).HideCompleted(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var bar = context.AddTask(Describe(null, run), maxValue: 1);
                var watch = System.Diagnostics.Stopwatch.StartNew();
                double shown = -1;
                return run.Train(new Immediate(progress =>
                {
                    if (watch.Elapsed.TotalSeconds - shown < 0.1 && progress.Fraction < 1) return;
                    shown = watch.Elapsed.TotalSeconds;
                    bar.Value = progress.Fraction;
                    bar.Description = Describe(progress, run);
                }), cancellation);
            });

    static bool Plain(ImageRun run, CancellationToken cancellation)
    {
        int printed = run.History.Count;
        return run.Train(new Immediate(progress =>
        {
            if (run.History.Count == printed) return;
            var r = run.History[^1];
            printed = run.History.Count;
            Console.WriteLine($"epoch {r.Epoch}/{run.Config.Epochs}  loss {r.TrainLoss:F4}  accuracy {r.TrainAccuracy:P2}  held-out {r.ValidationAccuracy:P2}" +
                $"  {progress.ItemsPerSecond:N0} images/s  {progress.SecondsLeft:F0} s left");
        }), cancellation);
    }

    static string Describe(TrainingProgress? progress, ImageRun run) => progress is { } p
        ? $"epoch {p.Epoch}/{run.Config.Epochs}  loss {p.Loss:F3}  accuracy {p.Accuracy:P1}  {p.ItemsPerSecond,7:N0} images/s"
        : $"epoch 1/{run.Config.Epochs}";

    static void Print(ConfusionMatrix confusion)
    {
        int width = Math.Max(4, confusion.Total.ToString().Length);
        Console.WriteLine("confusion matrix, truth down, predicted across");
        Console.WriteLine("     " + string.Concat(Enumerable.Range(0, confusion.Classes).Select(p => p.ToString().PadLeft(width + 1))) + "   recall");
        for (int t = 0; t < confusion.Classes; t++)
            Console.WriteLine($"{t,4} " + string.Concat(Enumerable.Range(0, confusion.Classes).Select(p =>
                (confusion[t, p] == 0 ? "·" : confusion[t, p].ToString()).PadLeft(width + 1))) + $"  {confusion.Recall(t),7:P1}");
    }

    /// <summary>Reports on the thread that trains, in order; <see cref="Progress{T}"/> would post to the pool.</summary>
    sealed class Immediate(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
