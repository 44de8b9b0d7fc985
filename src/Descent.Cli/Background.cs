using Spectre.Console;

namespace Descent.Cli;

/// <summary>Work that cannot be stopped, on a thread of its own, so that the verb can be.</summary>
/// <param name="cancellation">Stops waiting.</param>
sealed class Background(CancellationToken cancellation)
{
    /// <summary>Does the work, which must not be disposed of where it is stopped, for it goes on until the process ends. A bar and its time are shown in a terminal.</summary>
    /// <param name="what">What the bar says.</param>
    /// <param name="work">What is done.</param>
    /// <param name="share">How much of it is done by now; null or 0 where that is not known.</param>
    /// <exception cref="OperationCanceledException">The user has stopped it; what it was at is lost with the process.</exception>
    internal T Run<T>(string what, Func<T> work, Func<double>? share = null)
    {
        var task = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (AnsiConsole.Profile.Out.IsTerminal)
            AnsiConsole.Progress().AutoClear(true).Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
                .Start(context =>
                {
                    var bar = context.AddTask(Markup.Escape(what), maxValue: 1);
                    do
                    {
                        bar.Value = Math.Max(bar.Value, share?.Invoke() ?? 0);
                        bar.IsIndeterminate = bar.Value == 0;
                    }
                    while (!Wait(task, milliseconds: 100));
                });
        else Wait(task, Timeout.Infinite);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Whether it is done; what the work throws comes out of its result.</summary>
    bool Wait(Task task, int milliseconds)
    {
        Task.WhenAny(task, Task.Delay(milliseconds, cancellation)).GetAwaiter().GetResult();
        cancellation.ThrowIfCancellationRequested();
        return task.IsCompleted;
    }
}
