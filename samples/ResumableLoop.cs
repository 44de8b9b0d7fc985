using Descent.NN;
using Descent.Tensors;

namespace Descent.Samples;

/// <summary>
/// A training loop of one's own, with gradient accumulation, clipping and a schedule. It is broken off in the middle of an
/// epoch and goes on from what it stored, to the same weights as if it had never been.
/// </summary>
public static class ResumableLoop
{
    const int Accumulated = 2;

    sealed class Training
    {
        readonly Module _model;
        readonly Optimizer _optimizer;
        readonly LRScheduler _schedule;
        readonly DataLoader _batches;

        internal Training(int epochs)
        {
            Generator.ManualSeed(1);
            _model = new Sequential(new Linear(10, 64), new ReLU(), new Linear(64, 1));
            _optimizer = new AdamW(_model.Parameters(), learningRate: 1e-2);
            _batches = new DataLoader(ToyData.Friedman1(1_024, noise: 0.5, seed: 3), batchSize: 32, shuffle: true, seed: 4);
            _schedule = new CosineAnnealingLR(_optimizer, epochs * _batches.Batches / Accumulated);
        }

        internal double LastLoss { get; private set; }

        /// <summary>All that is needed to go on.</summary>
        internal sealed record State(OrderedDictionary<string, Tensor> Weights, OptimizerState Optimizer, OrderedDictionary<string, double> Schedule, LoaderPosition Position);

        internal State Save() => new(new(_model.StateDict().Select(p => KeyValuePair.Create(p.Key, p.Value.Detach().Clone()))),
            _optimizer.StateDict(), _schedule.StateDict(), _batches.Position);

        internal void Load(State state)
        {
            _model.LoadStateDict(state.Weights);
            _optimizer.LoadStateDict(state.Optimizer);
            _schedule.LoadStateDict(state.Schedule);
            _batches.Position = state.Position;
        }

        /// <summary>Trains up to the end of the epochs, or to a batch of one of them.</summary>
        internal void Train(int epochs, LoaderPosition? until = null)
        {
            while (_batches.Position.Epoch < epochs)
            {
                foreach (var (x, y) in _batches)
                {
                    var loss = F.MseLoss(_model.Forward(x), y);
                    (loss / Accumulated).Backward();
                    LastLoss = loss.Item();
                    if (_batches.Position.Batch % Accumulated != 0) continue;
                    Clipping.ClipGradNorm_(_model.Parameters(), maxNorm: 5);
                    _optimizer.Step();
                    _optimizer.ZeroGrad();
                    _schedule.Step();
                    // Between two steps nothing is half done.
                    if (_batches.Position == until) return;
                }
            }
        }

        internal float[] Weights() => [.. _model.Parameters().SelectMany(p => p.ToArray<float>())];
    }

    /// <returns>The greatest difference between a weight of the run that went on and one of the run that was not broken off.</returns>
    public static double Run(TextWriter output, int epochs = 12)
    {
        var unbroken = new Training(epochs);
        unbroken.Train(epochs);
        output.WriteLine($"never broken off: loss {unbroken.LastLoss:F4}");

        var first = new Training(epochs);
        first.Train(epochs, until: new(epochs / 2, 6));
        var state = first.Save();
        output.WriteLine($"broken off in epoch {state.Position.Epoch}, after batch {state.Position.Batch}: loss {first.LastLoss:F4}");

        var second = new Training(epochs);
        second.Load(state);
        second.Train(epochs);
        double difference = unbroken.Weights().Zip(second.Weights(), (a, b) => Math.Abs(a - b)).Max();
        output.WriteLine($"gone on with: loss {second.LastLoss:F4}, weights differ by {difference}");
        return difference;
    }
}
