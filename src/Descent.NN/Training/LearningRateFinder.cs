using Descent.Tensors;

namespace Descent.NN;

/// <summary>Tries learning rates from small to great on successive batches, and suggests the one at which the loss falls fastest.</summary>
/// <remarks>
/// Smith, "Cyclical Learning Rates for Training Neural Networks", 2015, arXiv:1506.01186: the range test. The losses are
/// smoothed by an exponential average with bias correction; the test ends early where they rise to a multiple of the least.
/// </remarks>
public sealed record LearningRateFinder
{
    /// <summary>The rate that the test begins with, above 0.</summary>
    public double From { get; init; } = 1e-7;

    /// <summary>The rate that it ends with, unless the loss has grown too large before.</summary>
    public double To { get; init; } = 1;

    /// <summary>How many rates are tried, evenly spread on a log scale.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>How much of the average is kept at each loss.</summary>
    public double Smoothing { get; init; } = 0.9;

    /// <summary>The test ends where the smoothed loss is above this multiple of its least.</summary>
    public double Divergence { get; init; } = 4;

    /// <summary>Runs the test. Model, optimizers and random numbers are afterwards as they were before.</summary>
    /// <param name="task">What will be trained.</param>
    /// <param name="train">Its batches.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the loader gives no batch.</exception>
    public LearningRateTest Run<TBatch>(TrainingTask<TBatch> task, EpochLoader<TBatch> train)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(train);
        if (!(From > 0 && To > From) || Steps < 3 || !(Smoothing is >= 0 and < 1) || !(Divergence > 1))
            throw new ArgumentException($"LearningRateFinder: rates from {From} to {To} in {Steps} steps, smoothing {Smoothing}, divergence {Divergence}; " +
                "expected 0 < From < To, at least 3 steps, smoothing in [0, 1), divergence above 1.");
        var before = Keep(task);
        var points = new List<(double, double)>();
        try
        {
            var options = new TrainerOptions { Steps = Steps };
            var trainer = new Trainer<TBatch>(task, options, train);
            var sweep = new Sweep(this, points);
            trainer.Callbacks.Add(sweep);
            trainer.Run();
        }
        catch (InvalidOperationException) when (points.Count >= 3)
        {
            // A loss that is no number is the end of the range.
        }
        finally
        {
            before();
        }
        return new(points);
    }

    static Action Keep(TrainingTask task)
    {
        var model = task.Model.StateDict().ToDictionary(s => s.Key, s => s.Value.Clone());
        var optimizers = task.Optimizers.Select(o => o.StateDict()).ToArray();
        var random = Generator.Default.GetState();
        return () =>
        {
            task.Model.LoadStateDict(model);
            task.Model.ZeroGrad();
            for (int i = 0; i < optimizers.Length; i++) task.Optimizers[i].LoadStateDict(optimizers[i]);
            task.Figures = new();
            Generator.Default.SetState(random);
        };
    }

    sealed class Sweep(LearningRateFinder finder, List<(double Rate, double Loss)> points) : ITrainingCallback
    {
        double _average, _least = double.PositiveInfinity;

        public void OnStart(Trainer trainer) => SetRate(trainer);

        public void OnStep(Trainer trainer)
        {
            double kept = Math.Pow(finder.Smoothing, points.Count + 1);
            _average = finder.Smoothing * _average + (1 - finder.Smoothing) * trainer.LastLoss;
            double smooth = _average / (1 - kept);
            points.Add((Rate(points.Count), smooth));
            if (smooth > finder.Divergence * _least) trainer.Stop("the loss diverges");
            _least = Math.Min(_least, smooth);
            SetRate(trainer);
        }

        double Rate(int step) => finder.From * Math.Pow(finder.To / finder.From, (double)step / (finder.Steps - 1));

        void SetRate(Trainer trainer)
        {
            foreach (var group in trainer.Task.Optimizers.SelectMany(o => o.Groups)) group.LearningRate = Rate(points.Count);
        }
    }
}

/// <summary>What a <see cref="LearningRateFinder"/> saw.</summary>
/// <param name="Points">Rates, rising, and the smoothed losses after a step at each.</param>
public sealed record LearningRateTest(IReadOnlyList<(double Rate, double Loss)> Points)
{
    /// <summary>The rate at which the loss falls fastest per decade, before its least; NaN where there are fewer than three points.</summary>
    public double Suggestion
    {
        get
        {
            int least = 0;
            for (int i = 1; i < Points.Count; i++)
                if (Points[i].Loss < Points[least].Loss) least = i;
            double steepest = double.PositiveInfinity, rate = double.NaN;
            for (int i = 1; i < Points.Count - 1; i++)
            {
                double slope = (Points[i + 1].Loss - Points[i - 1].Loss) / Math.Log10(Points[i + 1].Rate / Points[i - 1].Rate);
                if (slope < steepest && (i <= least || least == 0)) (steepest, rate) = (slope, Points[i].Rate);
            }
            return rate;
        }
    }
}
