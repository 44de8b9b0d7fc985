namespace Descent.NN;

/// <summary>When a schedule steps.</summary>
public enum ScheduleInterval
{
    /// <summary>After every optimizer step.</summary>
    Step,

    /// <summary>After every epoch.</summary>
    Epoch,
}

/// <summary>A schedule of learning rates, and when it steps.</summary>
/// <param name="Scheduler">The schedule.</param>
/// <param name="Interval">When it steps; a <see cref="ReduceLROnPlateau"/> steps at every row instead.</param>
/// <param name="Monitor">The figure of the rows that a <see cref="ReduceLROnPlateau"/> goes by.</param>
public sealed record TrainingSchedule(LRScheduler Scheduler, ScheduleInterval Interval = ScheduleInterval.Step, string Monitor = "validation_loss")
{
    internal void OnStep()
    {
        if (Interval == ScheduleInterval.Step && Scheduler is not ReduceLROnPlateau) Scheduler.Step();
    }

    internal void OnEpoch()
    {
        if (Interval == ScheduleInterval.Epoch && Scheduler is not ReduceLROnPlateau) Scheduler.Step();
    }

    internal void OnRow(MetricRow row)
    {
        if (Scheduler is not ReduceLROnPlateau plateau) return;
        if (!row.Values.ContainsKey(Monitor))
            throw new InvalidOperationException($"The schedule goes by {Monitor}, but the row has: {string.Join(", ", row.Values.Keys)}.");
        plateau.Step(row[Monitor]);
    }
}
