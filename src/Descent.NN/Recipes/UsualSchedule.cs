namespace Descent.NN;

/// <summary>The usual schedule of recipes.</summary>
static class UsualSchedule
{
    extension(Trainer trainer)
    {
        /// <summary>All rates up to their peak over the first tenth of the steps, then down along half a cosine; constant where no count of steps limits training.</summary>
        /// <param name="minimum">The part of the peak that is left at the end.</param>
        internal void WarmUpAndCosine(double minimum = 0)
        {
            if (trainer.TotalSteps is not (> 0 and var total)) return;
            foreach (var optimizer in trainer.Task.Optimizers)
                trainer.Schedules.Add(new(new WarmUpCosineLR(optimizer, (int)Math.Min(total / 10, int.MaxValue / 2), (int)Math.Min(total, int.MaxValue), minimum * optimizer.Groups[0].LearningRate)));
        }
    }
}
