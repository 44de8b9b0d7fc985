namespace Descent.NN;

/// <summary>The learning rate up to its peak over the first tenth of the steps, then down to nothing along half a cosine.</summary>
sealed class WarmUpAndCosine(double peak) : ITrainingCallback
{
    public void OnStart(Trainer trainer) => Set(trainer);

    public void OnStep(Trainer trainer) => Set(trainer);

    void Set(Trainer trainer)
    {
        double done = trainer.TotalSteps is { } total ? (double)trainer.State.Step / total : 0;
        double rate = peak * (done < 0.1 ? 0.1 + 9 * done : 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, (done - 0.1) / 0.9))));
        foreach (var group in trainer.Task.Optimizers.SelectMany(o => o.Groups)) group.LearningRate = rate;
    }
}
