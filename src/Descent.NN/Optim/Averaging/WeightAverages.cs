namespace Descent.NN;

/// <summary>
/// The exponential moving average of a module's parameters: <c>m ← d·m + (1 − d)·p</c>, with bias correction
/// <c>m / (1 − dⁿ)</c>, so that the first parameters weigh no more than they should.
/// </summary>
/// <remarks>
/// The correction of Kingma and Ba, 2015, arXiv:1412.6980, in the form of a weight <c>(1 − d) / (1 − dⁿ)</c> that falls from 1
/// to <c>1 − d</c>.
/// </remarks>
public sealed class ExponentialMovingAverage : WeightAverage
{
    readonly bool _biasCorrection;

    /// <summary>An average that remembers about <c>1 / (1 − decay)</c> updates.</summary>
    /// <param name="model">The module.</param>
    /// <param name="decay">How much of the mean is kept, in [0, 1).</param>
    /// <param name="biasCorrection">False lets the first parameters stand for all before them.</param>
    /// <param name="includeBuffers">Whether buffers of floating type, such as running statistics, are averaged too.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="decay"/> is not in [0, 1).</exception>
    public ExponentialMovingAverage(Module model, double decay = 0.999, bool biasCorrection = true, bool includeBuffers = false) : base(model, includeBuffers)
    {
        if (!(decay is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(decay), decay, $"ExponentialMovingAverage: the decay is {decay}; it must be in [0, 1).");
        (Decay, _biasCorrection) = (decay, biasCorrection);
    }

    /// <summary>How much of the mean is kept at an update.</summary>
    public double Decay { get; }

    private protected override double Weight(long update) =>
        update == 1 ? 1 : _biasCorrection ? (1 - Decay) / (1 - Math.Pow(Decay, update)) : 1 - Decay;
}

/// <summary>
/// The plain mean of all parameters so far; or, with η above 0, one in which early ones fade:
/// <c>m ← m + (1 + η) / (n + η) · (p − m)</c>.
/// </summary>
/// <remarks>
/// Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992; fading: Shamir and Zhang, "Stochastic
/// Gradient Descent for Non-smooth Optimization", 2013, arXiv:1212.1824.
/// </remarks>
public sealed class PolyakAverage : WeightAverage
{
    readonly double _eta;

    /// <summary>A mean over the iterates from now on.</summary>
    /// <param name="model">The module.</param>
    /// <param name="eta">How fast early parameters fade; 0 for the plain mean.</param>
    /// <param name="includeBuffers">Whether buffers of floating type are averaged too.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="eta"/> is negative.</exception>
    public PolyakAverage(Module model, double eta = 0, bool includeBuffers = false) : base(model, includeBuffers)
    {
        if (!(eta >= 0)) throw new ArgumentOutOfRangeException(nameof(eta), eta, $"PolyakAverage: eta is {eta}; it must be at least 0.");
        _eta = eta;
    }

    private protected override double Weight(long update) => (1 + _eta) / (update + _eta);
}

/// <summary>
/// Stochastic weight averaging: the plain mean of parameters met at a high constant rate (<see cref="SWALR"/>), one for each of
/// the last epochs. Running statistics of batch normalisation do not fit the mean: <see cref="UpdateBatchNorm"/> takes them anew.
/// </summary>
/// <remarks>Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", 2018, arXiv:1803.05407.</remarks>
/// <param name="model">The module.</param>
public sealed class StochasticWeightAverage(Module model) : WeightAverage(model, includeBuffers: false)
{
    private protected override double Weight(long update) => 1.0 / update;

    /// <summary>Takes the running statistics of all batch normalisation anew, as the plain mean over these batches.</summary>
    /// <param name="model">A module that holds averaged parameters: within <see cref="WeightAverage.SwapIn"/>, or after <see cref="WeightAverage.CopyTo"/>.</param>
    /// <param name="batches">Inputs of its Forward.</param>
    public static void UpdateBatchNorm(Module model, IEnumerable<Tensors.Tensor> batches)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batches);
        var norms = model.NamedModules().Select(m => m.Module).OfType<BatchNorm>().Where(n => n.RunningMean is not null).ToArray();
        if (norms.Length == 0) return;
        var modes = model.NamedModules().Select(m => (m.Module, m.Module.IsTraining)).ToArray();
        var momenta = Array.ConvertAll(norms, n => n.Momentum);
        using var _ = Tensors.Autograd.NoGrad();
        try
        {
            foreach (var norm in norms)
            {
                norm.ResetRunningStatistics();
                norm.Momentum = null;
            }
            model.Train();
            foreach (var batch in batches) model.Forward(batch);
        }
        finally
        {
            foreach (var (norm, momentum) in norms.Zip(momenta)) norm.Momentum = momentum;
            foreach (var (module, isTraining) in modes) module.IsTraining = isTraining;
        }
    }
}
