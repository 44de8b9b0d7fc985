using System.Collections;

namespace Descent.NN;

/// <summary>Where a loader stands: store it with a checkpoint and set it to go on from there.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Batch">Batches of the epoch that were given out.</param>
public readonly record struct LoaderPosition(int Epoch, int Batch);

/// <summary>Batches, epoch after epoch, of which any can be entered anywhere.</summary>
/// <typeparam name="TBatch">Several examples as one.</typeparam>
public abstract class EpochLoader<TBatch> : IEnumerable<TBatch>
{
    LoaderPosition _position;
    bool _resumes;

    private protected EpochLoader() { }

    /// <summary>
    /// What the <c>foreach</c> over the loader has given out so far. Once it is set, the next <c>foreach</c> begins there; else
    /// each begins the epoch after the one before it, also where that was broken off.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public LoaderPosition Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value.Epoch, nameof(value));
            ArgumentOutOfRangeException.ThrowIfNegative(value.Batch, nameof(value));
            (_position, _resumes) = (value, true);
        }
    }

    /// <summary>The batches of one epoch, from one of them on: what a run that was broken off goes on with.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="firstBatch">Batches to leave out.</param>
    /// <param name="cancellation">Ends the waiting for a batch.</param>
    /// <exception cref="DatasetException">An example could not be had; thrown in the place of its batch.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IEnumerable<TBatch> Epoch(int epoch, int firstBatch = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        return Run(epoch, firstBatch, cancellation);
    }

    private protected abstract IEnumerable<TBatch> Run(int epoch, int firstBatch, CancellationToken cancellation);

    /// <inheritdoc/>
    public IEnumerator<TBatch> GetEnumerator()
    {
        if (!_resumes && _position.Batch > 0) _position = new(_position.Epoch + 1, 0);
        _resumes = false;
        var (epoch, batch) = _position;
        foreach (var made in Run(epoch, batch, CancellationToken.None))
        {
            _position = new(epoch, ++batch);
            yield return made;
        }
        _position = new(epoch + 1, 0);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
