using Spectre.Console;

namespace Descent.Cli;

/// <summary>Work that cannot be stopped, on a thread of its own, so that the verb can be.</summary>
static class Background
{
    /// <summary>Does the work, which must not be disposed of where it is stopped, for it goes on until the process ends. Its time is shown in a terminal.</summary>
    /// <exception cref="OperationCanceledException">The user has stopped it; what it was at is lost with the process.</exception>
    internal static T Run<T>(string what, CancellationToken cancellation, Func<T> work)
    {
        var task = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (AnsiConsole.Profile.Out.IsTerminal)
            AnsiConsole.Progress().AutoClear(true).Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn())
                .Start(context =>
                {
                    context.AddTask(Markup.Escape(what)).IsIndeterminate = true;
                    Wait(task, cancellation);
                });
        else Wait(task, cancellation);
        return task.GetAwaiter().GetResult();
    }

    static void Wait(Task task, CancellationToken cancellation)
    {
        // What the work throws comes out of its result.
        Task.WhenAny(task, Task.Delay(Timeout.Infinite, cancellation)).GetAwaiter().GetResult();
        cancellation.ThrowIfCancellationRequested();
    }
}
