using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Rows to train or to evaluate with: features, what is to be predicted, and what goes with each row.</summary>
public sealed record BoostingSet
{
    readonly Target? _target;
    readonly SurvivalTimes? _times;

    /// <summary>Rows with a number each. The array is not copied.</summary>
    public BoostingSet(Features x, double[] y) : this(x, Target.Of(y)) { }

    /// <summary>Rows with a class each.</summary>
    public BoostingSet(Features x, Labels y) : this(x, Target.Of(y)) { }

    /// <summary>Rows with a number or a class each.</summary>
    public BoostingSet(Features x, Target y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        (X, _target) = (x, y);
    }

    /// <summary>Rows with a time each.</summary>
    public BoostingSet(Features x, SurvivalTimes y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        (X, _times) = (x, y);
    }

    /// <summary>The features.</summary>
    public Features X { get; }

    /// <summary>What the set is called in the history.</summary>
    public string Name { get; init; } = "evaluation";

    /// <summary>The weight of each row; empty where all count alike.</summary>
    public ImmutableArray<double> Weights { get; init; } = [];

    /// <summary>(rows × outputs) scores to start from in place of the base score, such as an offset; empty is none.</summary>
    public ImmutableArray<float> BaseMargins { get; init; } = [];

    /// <summary>The group of each row that is ranked among others, such as a query; empty where nothing is ranked.</summary>
    public ImmutableArray<long> Groups { get; init; } = [];

    /// <summary>The classes; none where numbers are to be predicted.</summary>
    internal Labels? Labels => _target?.Kind == TargetKind.Class ? _target.Labels : null;

    /// <summary>The targets as an objective takes them.</summary>
    /// <param name="learner">Who asks, for errors.</param>
    /// <param name="objective">What is descended.</param>
    /// <param name="classes">The classes in training, by number.</param>
    internal BoostingTargets Targets(string learner, BoostingObjective objective, ImmutableArray<string> classes)
    {
        double[] values = Values(learner, objective, classes), upper = objective is AcceleratedFailureObjective ? _times!.Upper.ToArray() : [];
        double[] weights = Training.Check(learner, X, values, Weights.AsSpan());
        for (int i = 0; i < values.Length; i++)
            if (objective.Refuse(values[i]) is { } reason) throw new ArgumentException($"{learner}: target {i} is {values[i]}; {reason}.");
        if (!BaseMargins.IsEmpty && BaseMargins.Length != X.Rows * objective.Outputs)
            throw new ArgumentException($"{learner}: {BaseMargins.Length} base margins for {X.Rows} rows × {objective.Outputs} scores; expected as many, or none.");
        var (rows, starts) = objective is RankingObjective ? GroupRows(learner) : ([], []);
        return new()
        {
            Values = ToSingle(values),
            Upper = ToSingle(upper),
            Weights = ToSingle(weights),
            IsWeighted = !Weights.IsEmpty,
            GroupRows = rows,
            GroupStarts = starts,
        };
    }

    double[] Values(string learner, BoostingObjective objective, ImmutableArray<string> classes)
    {
        if (_times is not null)
        {
            return objective switch
            {
                CoxObjective => _times.Signed(learner),
                AcceleratedFailureObjective => _times.Lower.ToArray(),
                _ => throw new ArgumentException($"{learner}: the targets of '{Name}' are times; expected numbers or classes."),
            };
        }
        if (objective is CoxObjective or AcceleratedFailureObjective) throw new ArgumentException($"{learner}: the targets of '{Name}' are no times. Give it SurvivalTimes.");
        if (classes.IsDefault) return _target!.Numbers.ToArray();
        var labels = _target!.Labels;
        int[] places = [.. labels.Classes.Select(name => classes.IndexOf(name))];
        return Array.ConvertAll(labels.Codes.ToArray(), code => places[code] >= 0 ? (double)places[code]
            : throw new ArgumentException($"{learner}: '{Name}' has rows of class '{labels.Classes[code]}', which is not there in training; the classes are: {string.Join(", ", classes)}."));
    }

    /// <summary>Rows group by group, groups in the order in which they first occur.</summary>
    (int[] Rows, int[] Starts) GroupRows(string learner)
    {
        if (Groups.Length != X.Rows) throw new ArgumentException($"{learner}: {Groups.Length} groups for {X.Rows} rows of '{Name}'; expected the group of each row.");
        var numbers = new Dictionary<long, int>();
        int[] group = [.. Groups.Select(id => numbers.TryGetValue(id, out int number) ? number : numbers[id] = numbers.Count)];
        int[] rows = [.. Enumerable.Range(0, group.Length).OrderBy(i => group[i])], starts = new int[numbers.Count + 1];
        foreach (int g in group) starts[g + 1]++;
        for (int g = 0; g < numbers.Count; g++) starts[g + 1] += starts[g];
        return (rows, starts);
    }

    static float[] ToSingle(double[] values) => Array.ConvertAll(values, v => (float)v);
}
