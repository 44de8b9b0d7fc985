namespace Descent.NN;

/// <summary>Trains a task on batches of its kind.</summary>
/// <typeparam name="TBatch">Several examples as one.</typeparam>
public sealed class Trainer<TBatch> : Trainer
{
    readonly TrainingTask<TBatch> _task;
    readonly EpochLoader<TBatch> _train;
    readonly EpochLoader<TBatch>? _validation;

    /// <param name="task">What is trained.</param>
    /// <param name="options">How.</param>
    /// <param name="train">Training batches.</param>
    /// <param name="validation">Held-out batches, in order; null validates nothing.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Trainer(TrainingTask<TBatch> task, TrainerOptions options, EpochLoader<TBatch> train, EpochLoader<TBatch>? validation = null) : base(task, options) =>
        (_task, _train, _validation) = (task, train, options.OverfitBatches is null ? validation : train);

    /// <inheritdoc/>
    public override int? EpochBatches => _train is BatchLoader<TBatch> { Batches: var batches } ? Math.Min(batches, Limit ?? int.MaxValue) : null;

    int? Limit => Options.FastDevRun ? 1 : Options.OverfitBatches ?? Options.TrainBatches;

    /// <inheritdoc/>
    public override LearningRateTest FindLearningRate(LearningRateFinder finder)
    {
        ArgumentNullException.ThrowIfNull(finder);
        return finder.Run(_task, _train);
    }

    private protected override bool HasValidation => _validation is not null;

    private protected override bool Epoch(IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        // The state at the first batch, because it goes on while the batches are drawn.
        var (epoch, start) = (Options.OverfitBatches is null ? State.Epoch : 0, State.Batch);
        var batches = _train.Epoch(epoch, start, CancellationToken.None);
        if (Limit is { } limit) batches = batches.Take(limit - start);
        int at = start;
        foreach (var (batch, isLast) in EpochBatches is { } count ? batches.Select(b => (b, ++at == count)) : MarkLast(batches))
        {
            if (!BeforeBatch(cancellation)) return false;
            Batch(_task.Items(batch), isLast, step => _task.Train(batch, step), progress);
            if (IsDone) break;
        }
        if (State.Epoch == epoch && State.Batch == start && !IsDone)
            throw new InvalidOperationException($"The training loader gave no batch in epoch {epoch + 1} from batch {start} on.");
        return true;
    }

    /// <summary>Each batch with whether it is the last: read one ahead.</summary>
    static IEnumerable<(TBatch Batch, bool IsLast)> MarkLast(IEnumerable<TBatch> batches)
    {
        using var each = batches.GetEnumerator();
        if (!each.MoveNext()) yield break;
        while (true)
        {
            var batch = each.Current;
            bool isLast = !each.MoveNext();
            yield return (batch, isLast);
            if (isLast) yield break;
        }
    }

    private protected override void ValidateAll()
    {
        int most = Options.FastDevRun ? 1 : Options.OverfitBatches ?? Options.ValidationBatches ?? int.MaxValue;
        foreach (var batch in _validation!.Epoch(0).Take(most)) _task.Validate(batch);
    }
}
