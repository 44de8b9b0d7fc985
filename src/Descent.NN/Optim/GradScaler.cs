using Descent.Tensors;

namespace Descent.NN;

/// <summary>
/// Keeps small gradients from vanishing in Float16: the loss is multiplied by a scale before backward, the gradients are
/// divided by it before the step. A step whose gradients overflowed is left out and the scale lowered; after many good ones it rises.
/// </summary>
/// <remarks>Micikevicius et al., "Mixed Precision Training", 2018, arXiv:1710.03740; the behaviour is that of PyTorch's GradScaler.</remarks>
public sealed class GradScaler
{
    readonly Dictionary<Optimizer, bool> _overflowed = new(ReferenceEqualityComparer.Instance);

    /// <param name="initialScale">The scale at first.</param>
    /// <param name="growthFactor">What the scale is multiplied by after so many good steps; above 1.</param>
    /// <param name="backoffFactor">What it is multiplied by after a step that was left out; in (0, 1).</param>
    /// <param name="growthInterval">How many good steps in a row let it rise.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public GradScaler(double initialScale = 65536, double growthFactor = 2, double backoffFactor = 0.5, int growthInterval = 2000)
    {
        Check(initialScale, initialScale > 0, nameof(initialScale), "above 0");
        Check(growthFactor, growthFactor > 1, nameof(growthFactor), "above 1");
        Check(backoffFactor, backoffFactor is > 0 and < 1, nameof(backoffFactor), "in (0, 1)");
        Check(growthInterval, growthInterval >= 1, nameof(growthInterval), "at least 1");
        (ScaleFactor, GrowthFactor, BackoffFactor, GrowthInterval) = (initialScale, growthFactor, backoffFactor, growthInterval);
    }

    /// <summary>What losses are multiplied by now.</summary>
    public double ScaleFactor { get; private set; }

    /// <summary>What the scale is multiplied by after <see cref="GrowthInterval"/> good steps.</summary>
    public double GrowthFactor { get; }

    /// <summary>What the scale is multiplied by after a step that was left out.</summary>
    public double BackoffFactor { get; }

    /// <summary>Good steps in a row before the scale rises.</summary>
    public int GrowthInterval { get; }

    /// <summary>Good steps in a row so far.</summary>
    public int GrowthTracker { get; private set; }

    /// <summary>A loss times the scale, to go backward from.</summary>
    public Tensor Scale(Tensor loss) => loss.Mul(ScaleFactor);

    /// <summary>Divides the gradients of an optimizer's parameters by the scale, once before its step: for clipping in between.</summary>
    /// <exception cref="InvalidOperationException">They were divided already since the last <see cref="Update"/>.</exception>
    public void Unscale_(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        if (_overflowed.ContainsKey(optimizer))
            throw new InvalidOperationException("GradScaler.Unscale_: the optimizer's gradients were unscaled already since the last Update().");
        using var _ = Autograd.NoGrad();
        var gradients = optimizer.Groups.SelectMany(g => g.Parameters).Select(p => p.Grad).OfType<Tensor>().Distinct<Tensor>(ReferenceEqualityComparer.Instance).ToArray();
        bool overflowed = false;
        foreach (var gradient in gradients)
        {
            gradient.Mul_(1 / ScaleFactor);
            overflowed |= gradient.IsFinite().All().Item() == 0;
        }
        _overflowed.Add(optimizer, overflowed);
    }

    /// <summary>Lets the optimizer step, unless a gradient is infinite or no number. Unscales before, where that was not done.</summary>
    /// <returns>Whether it stepped.</returns>
    public bool Step(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        if (!_overflowed.ContainsKey(optimizer)) Unscale_(optimizer);
        if (_overflowed[optimizer]) return false;
        optimizer.Step();
        return true;
    }

    /// <summary>Sets the scale for the next batch, after the steps of all optimizers.</summary>
    /// <param name="newScale">The scale to go on with; null lets it rise or fall by how the steps went.</param>
    /// <exception cref="InvalidOperationException">No gradients were unscaled since the last call.</exception>
    public void Update(double? newScale = null)
    {
        if (newScale is { } scale) ScaleFactor = Check(scale, scale > 0, nameof(newScale), "above 0");
        else if (_overflowed.Count == 0) throw new InvalidOperationException("GradScaler.Update: no optimizer's gradients were unscaled before. Call Step first.");
        else if (_overflowed.ContainsValue(true)) (ScaleFactor, GrowthTracker) = (ScaleFactor * BackoffFactor, 0);
        else if (++GrowthTracker == GrowthInterval)
        {
            // The scale itself is a float32 factor.
            double grown = ScaleFactor * GrowthFactor;
            (ScaleFactor, GrowthTracker) = (float.IsFinite((float)grown) ? grown : ScaleFactor, 0);
        }
        _overflowed.Clear();
    }

    /// <summary>The scale and its rules, by PyTorch's names.</summary>
    public OrderedDictionary<string, double> StateDict() => new()
    {
        ["scale"] = ScaleFactor, ["growth_factor"] = GrowthFactor, ["backoff_factor"] = BackoffFactor,
        ["growth_interval"] = GrowthInterval, ["_growth_tracker"] = GrowthTracker,
    };

    /// <summary>Goes on from a state of a scaler with the same rules.</summary>
    /// <exception cref="StateDictException">A number is missing, or the rules differ; nothing was loaded.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, double> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        foreach (var (name, value) in StateDict())
        {
            if (!state.TryGetValue(name, out double given)) throw new StateDictException($"GradScaler: the state lacks {name}; nothing was loaded.");
            if (name is not ("scale" or "_growth_tracker") && given != value)
                throw new StateDictException($"GradScaler: {name} is {given} in the state, but {value} here; nothing was loaded.");
        }
        (ScaleFactor, GrowthTracker) = (state["scale"], (int)state["_growth_tracker"]);
        _overflowed.Clear();
    }

    static double Check(double value, bool holds, string option, string expected) =>
        holds && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(option, value, $"GradScaler: {option} is {value}; it must be {expected}.");
}
