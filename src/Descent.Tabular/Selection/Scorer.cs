namespace Descent.Tabular;

/// <summary>What a figure looks at.</summary>
public enum ScorerNeeds
{
    /// <summary>Predicted numbers.</summary>
    Numbers,

    /// <summary>Predicted classes.</summary>
    Classes,

    /// <summary>Probabilities of the classes.</summary>
    Probabilities,
}

/// <summary>A figure of predictions.</summary>
/// <param name="truth">What is true.</param>
/// <param name="said">What was predicted, of the same classes.</param>
/// <param name="weights">Weights of the rows, or empty.</param>
/// <param name="groups">Which rows belong together, or null.</param>
public delegate double ScoreFigure(Target truth, Predictions said, ReadOnlySpan<double> weights, Labels? groups);

/// <summary>A figure by which models are judged. Of two classes the second is the positive one.</summary>
public sealed class Scorer
{
    readonly ScoreFigure _figure;

    /// <param name="name">What it is called.</param>
    /// <param name="greaterIsBetter">Whether a greater figure is a better one.</param>
    /// <param name="needs">What it looks at.</param>
    /// <param name="figure">The figure.</param>
    public Scorer(string name, bool greaterIsBetter, ScorerNeeds needs, ScoreFigure figure)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(figure);
        (Name, GreaterIsBetter, Needs, _figure) = (name, greaterIsBetter, needs, figure);
    }

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>Whether a greater figure is a better one.</summary>
    public bool GreaterIsBetter { get; }

    /// <summary>What it looks at.</summary>
    public ScorerNeeds Needs { get; }

    /// <summary>The kind of target it judges.</summary>
    public TargetKind Kind => Needs == ScorerNeeds.Numbers ? TargetKind.Number : TargetKind.Class;

    /// <summary>Whether the figure is of lists of rows, such as the answers to one query.</summary>
    public bool NeedsGroups { get; init; }

    /// <summary>The figure; NaN where it has no value, such as the area under a curve of one class.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or predictions are not of what the figure looks at.</exception>
    public double Score(Target truth, Predictions said, ReadOnlySpan<double> weights = default, Labels? groups = null)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(said);
        if (truth.Kind != Kind || said.Kind != Kind)
            throw new ArgumentException($"The metric {Name} is of {(Kind == TargetKind.Number ? "numbers" : "classes")}; the target consists of {(truth.Kind == TargetKind.Number ? "numbers" : "classes")}. Take one of: {string.Join(", ", Scorers.Names(truth.Kind))}.", nameof(truth));
        if (truth.Count != said.Count) throw new ArgumentException($"{Name}: {said.Count} predictions of {truth.Count} rows; expected as many.", nameof(said));
        if (NeedsGroups && groups is null) throw new ArgumentException($"{Name} is a figure of lists of rows. Say which column tells the lists apart.", nameof(groups));
        if (Needs == ScorerNeeds.Probabilities && !said.HasProbabilities)
            throw new ArgumentException($"{Name} needs probabilities, which this model does not give. Calibrate it, or take one of: {string.Join(", ", Scorers.All.Where(s => s.Needs == ScorerNeeds.Classes).Select(s => s.Name))}.", nameof(said));
        return _figure(truth, truth.Kind == TargetKind.Class ? said.Among(truth.Labels.Classes) : said, weights, groups);
    }

    /// <summary>Whether a figure is better than another; what has no value is better than nothing.</summary>
    public bool IsBetter(double figure, double than) => !double.IsNaN(figure) && (double.IsNaN(than) || (GreaterIsBetter ? figure > than : figure < than));

    /// <summary>The mean price of decisions, least is best.</summary>
    /// <param name="costs">The price of each true class (row) when each class (column) is predicted.</param>
    /// <exception cref="ArgumentException">The table is not as wide as high, or a price is not finite.</exception>
    public static Scorer Cost(double[,] costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        int classes = costs.GetLength(0);
        if (classes < 2 || costs.GetLength(1) != classes) throw new ArgumentException($"Cost: a table of {classes} × {costs.GetLength(1)} prices; expected a row and a column for each class.", nameof(costs));
        foreach (double price in costs)
            if (!double.IsFinite(price)) throw new ArgumentException($"Cost: a price is {price}; it must be finite.", nameof(costs));
        var table = (double[,])costs.Clone();
        return new("cost", false, ScorerNeeds.Classes, (truth, said, weights, _) =>
        {
            var y = truth.Labels;
            if (y.Classes.Length != classes) throw new ArgumentException($"cost: prices of {classes} classes; the target has {y.Classes.Length}.");
            double sum = 0, total = 0;
            for (int i = 0; i < y.Count; i++)
            {
                double w = weights.IsEmpty ? 1 : weights[i];
                (sum, total) = (sum + w * table[y.Codes[i], said.Codes[i]], total + w);
            }
            return sum / total;
        });
    }

    /// <summary>The name by which it is chosen.</summary>
    public override string ToString() => Name;
}
