namespace Descent.Tabular;

/// <summary>How the steps of a stochastic descent become smaller.</summary>
public enum SgdSchedule
{
    /// <summary>η₀ for ever.</summary>
    Constant,

    /// <summary>1 / (α (t + t₀)), t₀ being such that the first steps are about as long as the weights will be.</summary>
    /// <remarks>Bottou, "Stochastic Gradient Descent Tricks", 2012.</remarks>
    Optimal,

    /// <summary>η₀ / t^p.</summary>
    InverseScaling,

    /// <summary>η₀, a fifth of what it was whenever the loss has stopped to fall.</summary>
    Adaptive,
}

/// <summary>What weights cost.</summary>
public enum SgdPenalty
{
    /// <summary>½ α |β|².</summary>
    L2,

    /// <summary>α |β|₁.</summary>
    L1,

    /// <summary>α (ρ |β|₁ + ½ (1 − ρ) |β|²).</summary>
    ElasticNet,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>A stochastic descent: rows one by one, each a step down the slope of its own loss.</summary>
public abstract record SgdOptions
{
    private protected SgdOptions() { }

    /// <summary>What weights cost.</summary>
    public SgdPenalty Penalty { get; init; }

    /// <summary>Strength α of the penalty.</summary>
    public double Alpha { get; init => field = Check.AtLeast(0, value); } = 1e-4;

    /// <summary>The share ρ of the L1 penalty in an elastic net.</summary>
    public double L1Ratio { get; init => field = Check.Within(0, 1, value); } = 0.15;

    /// <summary>Whether there is a constant.</summary>
    public bool FitIntercept { get; init; } = true;

    /// <summary>The greatest number of passes.</summary>
    public int Epochs { get; init => field = Check.AtLeast(1, value); } = 1000;

    /// <summary>By how much the mean loss of a pass must fall below the best, or the held-out score rise above it, to count as progress; null makes all passes.</summary>
    public double? Tolerance { get; init => field = value is { } least ? Check.AtLeast(0, least) : null; } = 1e-3;

    /// <summary>Passes without progress after which it stops.</summary>
    public int Patience { get; init => field = Check.AtLeast(1, value); } = 5;

    /// <summary>The share of rows that is held out to judge progress by; 0 judges by the loss in training.</summary>
    public double ValidationShare { get; init => field = Check.Within(0, 0.9, value); }

    /// <summary>Whether each pass goes through the rows in another order.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>The length η₀ of steps; none is needed for the optimal schedule.</summary>
    public double LearningRate { get; init => field = Check.Above(0, value); } = 0.01;

    /// <summary>The power p of inverse scaling.</summary>
    public double PowerT { get; init => field = Check.AtLeast(0, value); } = 0.25;

    /// <summary>The step from which on the mean of all weights passed is kept, which is steadier; 0 keeps the last.</summary>
    public int AverageFrom { get; init => field = Check.AtLeast(0, value); }

    /// <summary>Decides the orders, and which rows are held out.</summary>
    public ulong Seed { get; init; }

    /// <summary>How steps become smaller.</summary>
    public abstract SgdSchedule Schedule { get; init; }

    internal double L1Share => Penalty switch { SgdPenalty.L1 => 1, SgdPenalty.ElasticNet => L1Ratio, _ => 0 };

    internal double Strength => Penalty == SgdPenalty.None ? 0 : Alpha;
}
