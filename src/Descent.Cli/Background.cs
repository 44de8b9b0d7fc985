using Spectre.Console;

namespace Descent.Cli;

/// <summary>Work on a thread of its own, with a bar and its time in a terminal, so that it can be stopped.</summary>
/// <param name="cancellation">Stops it: the work, where it knows of it, or else waiting for it.</param>
sealed class Background(CancellationToken cancellation)
{
    // What does not stop so soon after it was told to goes on until the process ends.
    const int StoppingMilliseconds = 3000;

    /// <summary>Does work that does not say how far it has come.</summary>
    /// <inheritdoc cref="Run{T}(string, Func{IProgress{double}, T})"/>
    internal T Run<T>(string what, Func<T> work) => Run(what, _ => work());

    /// <summary>Does the work, which must not be disposed of where it is stopped.</summary>
    /// <param name="what">What the bar says.</param>
    /// <param name="work">What is done; it says what share of it is.</param>
    /// <exception cref="OperationCanceledException">The user has stopped it; what it was at is lost.</exception>
    internal T Run<T>(string what, Func<IProgress<double>, T> work)
    {
        cancellation.ThrowIfCancellationRequested();
        var share = new Share();
        var task = Task.Factory.StartNew(() => work(share), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (AnsiConsole.Profile.Out.IsTerminal)
            AnsiConsole.Progress().AutoClear(true).Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
                .Start(context =>
                {
                    var bar = context.AddTask(Markup.Escape(what), maxValue: 1);
                    do
                    {
                        bar.Value = share.Value;
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
        if (!cancellation.IsCancellationRequested) return task.IsCompleted;
        Task.WhenAny(task, Task.Delay(StoppingMilliseconds)).GetAwaiter().GetResult();
        throw new OperationCanceledException(cancellation);
    }

    sealed class Share : IProgress<double>
    {
        double _value;

        internal double Value => Volatile.Read(ref _value);

        public void Report(double value) => Volatile.Write(ref _value, value);
    }
}
