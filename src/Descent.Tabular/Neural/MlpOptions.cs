using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>What bends the sums between layers.</summary>
public enum MlpActivation
{
    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>x Φ(x).</summary>
    Gelu,

    /// <summary>x σ(x).</summary>
    Silu,

    /// <summary>tanh x.</summary>
    Tanh,
}

/// <summary>
/// A network of fully connected layers. Numbers are standardised and missing ones marked; each level of a category, and its missing, has a vector that is learned.
/// </summary>
/// <remarks>Guo and Berkhahn, "Entity Embeddings of Categorical Variables", 2016. Without weight decay AdamW is Adam.</remarks>
public abstract record MlpOptions
{
    private protected MlpOptions() { }

    /// <summary>What it takes: anything.</summary>
    public LearnerInput Takes => LearnerInput.All;

    /// <summary>The widths of the layers between.</summary>
    public ImmutableArray<int> Hidden { get; init => field = Wide(value); } = [128, 64];

    /// <summary>What bends their sums.</summary>
    public MlpActivation Activation { get; init; }

    /// <summary>The share of a layer's outputs that each row does without in training.</summary>
    public double Dropout { get; init => field = Check.Within(0, 0.95, value); }

    /// <summary>The width of the vectors of levels; null is half the levels, at most 50.</summary>
    public int? EmbeddingWidth { get; init => field = value is { } width ? Check.AtLeast(1, width) : null; }

    /// <summary>The length of steps.</summary>
    public double LearningRate { get; init => field = Check.Above(0, value); } = 1e-3;

    /// <summary>By what share of the learning rate weights shrink in each step.</summary>
    public double WeightDecay { get; init => field = Check.AtLeast(0, value); } = 1e-4;

    /// <summary>Rows of a step.</summary>
    public int BatchRows { get; init => field = Check.AtLeast(1, value); } = 128;

    /// <summary>The greatest number of passes.</summary>
    public int Epochs { get; init => field = Check.AtLeast(1, value); } = 200;

    /// <summary>The share of rows held out to judge by, whose best pass is kept; 0 makes all passes and keeps the last.</summary>
    public double ValidationShare { get; init => field = Check.Within(0, 0.9, value); } = 0.1;

    /// <summary>Passes without a better one after which it stops.</summary>
    public int Patience { get; init => field = Check.AtLeast(1, value); } = 15;

    /// <summary>Decides the first weights, the orders, what is dropped and which rows are held out.</summary>
    public ulong Seed { get; init; }

    static ImmutableArray<int> Wide(ImmutableArray<int> widths)
    {
        foreach (int width in widths.IsDefault ? [] : widths) Check.AtLeast(1, width, nameof(Hidden));
        return widths.IsDefault ? [] : widths;
    }
}
