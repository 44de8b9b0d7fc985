namespace Descent.NN;

/// <summary>Something that happens beside training; every method may be left out. One that is disposable is disposed when a run of the trainer ends, however it ends.</summary>
public interface ITrainingCallback
{
    /// <summary>Before the first batch, also after a resumption.</summary>
    void OnStart(Trainer trainer) { }

    /// <summary>After every optimizer step.</summary>
    void OnStep(Trainer trainer) { }

    /// <summary>After every validation, or at the end of an epoch where there is nothing to validate on.</summary>
    void OnRow(Trainer trainer, MetricRow row) { }

    /// <summary>When training is done, not when it was cancelled.</summary>
    void OnEnd(Trainer trainer) { }

    /// <summary>What the callback must know to go on; it becomes part of every checkpoint.</summary>
    string? Save() => null;

    /// <summary>Goes on from what <see cref="Save"/> gave.</summary>
    void Load(string state) { }
}
