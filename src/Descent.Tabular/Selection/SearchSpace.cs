using System.Collections.Immutable;
using System.Globalization;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Numbers to draw from.</summary>
public sealed class SearchRange
{
    readonly Func<double, double> _quantile;

    SearchRange(Func<double, double> quantile) => _quantile = quantile;

    /// <summary>All numbers in between alike.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The upper end is not above the lower.</exception>
    public static SearchRange Uniform(double low, double high)
    {
        Check.Above(low, high, nameof(high));
        return new(u => low + u * (high - low));
    }

    /// <summary>All orders of magnitude in between alike.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The lower end is not above 0, or the upper not above it.</exception>
    public static SearchRange LogUniform(double low, double high)
    {
        Check.Above(0, low, nameof(low));
        Check.Above(low, high, nameof(high));
        return new(u => low * Math.Pow(high / low, u));
    }

    /// <summary>All whole numbers from the lower to the upper end alike.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The upper end is below the lower.</exception>
    public static SearchRange Integers(int low, int high)
    {
        Check.AtLeast(low, high, nameof(high));
        return new(u => Math.Min(high, low + Math.Floor(u * (high - low + 1.0))));
    }

    internal double At(double share) => _quantile(share);
}

/// <summary>One of the configurations that a search tries.</summary>
/// <param name="Pipeline">The configuration.</param>
/// <param name="Settings">In what it differs from others.</param>
public sealed record Candidate(Pipeline Pipeline, ImmutableArray<KeyValuePair<string, string>> Settings)
{
    /// <summary>In what it differs from others.</summary>
    public override string ToString() => string.Join(", ", Settings.Select(s => $"{s.Key}={s.Value}"));
}

/// <summary>A pipeline, and the options in which it may be varied. Immutable: varying gives another space.</summary>
public sealed class SearchSpace
{
    /// <param name="Name">What is varied.</param>
    /// <param name="Count">How many values there are; 0 where they are drawn from a range.</param>
    /// <param name="Apply">The pipeline with a value, which is a number of the list or a place in the range, and the value as text.</param>
    sealed record Axis(string Name, int Count, Func<Pipeline, double, (Pipeline Varied, string Text)> Apply);

    readonly Pipeline _start;
    readonly ImmutableArray<Axis> _axes;

    SearchSpace(Pipeline start, ImmutableArray<Axis> axes) => (_start, _axes) = (start, axes);

    /// <param name="start">What is varied; options that are not varied stay.</param>
    public SearchSpace(Pipeline start) : this(start ?? throw new ArgumentNullException(nameof(start)), []) { }

    /// <param name="learner">What is varied; options that are not varied stay.</param>
    public SearchSpace(ILearner learner) : this(new Pipeline { Learner = learner }, []) { }

    /// <summary>Varies an option of the learner over some values: <c>.Over("depth", [3, 5], (RandomForestClassifier f, int v) => f with { MaxDepth = v })</c>.</summary>
    /// <exception cref="ArgumentException">There is no value, or the learner is of another type.</exception>
    public SearchSpace Over<TLearner, TValue>(string name, IEnumerable<TValue> values, Func<TLearner, TValue, TLearner> with) where TLearner : class
    {
        ArgumentNullException.ThrowIfNull(with);
        var own = Check.NotEmpty<TValue>([.. values], name);
        var learner = Learner<TLearner>(name);
        return Add(name, own.Length, (pipeline, at) => (pipeline with { Learner = (ILearner)(object)with(learner(pipeline), own[(int)at]) }, Text(own[(int)at])));
    }

    /// <summary>Varies an option of the learner over a range, for random search.</summary>
    /// <exception cref="ArgumentException">The learner is of another type.</exception>
    public SearchSpace Over<TLearner>(string name, SearchRange range, Func<TLearner, double, TLearner> with) where TLearner : class
    {
        ArgumentNullException.ThrowIfNull(range);
        ArgumentNullException.ThrowIfNull(with);
        var learner = Learner<TLearner>(name);
        return Add(name, 0, (pipeline, at) => (pipeline with { Learner = (ILearner)(object)with(learner(pipeline), range.At(at)) }, Text(range.At(at))));
    }

    /// <summary>Varies an option of the learner by its name.</summary>
    /// <exception cref="ArgumentException">There is no such option, no value, or a text is no value of it.</exception>
    public SearchSpace Over(string name, params IEnumerable<string> values)
    {
        var own = Check.NotEmpty<string>([.. values], name);
        foreach (string value in own) _start.Learner.With(name, value);
        return Add(name, own.Length, (pipeline, at) => (pipeline with { Learner = pipeline.Learner.With(name, own[(int)at]) }, own[(int)at]));
    }

    /// <summary>Varies anything about the pipeline, such as its steps or which learner it has.</summary>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public SearchSpace OverPipelines<TValue>(string name, IEnumerable<TValue> values, Func<Pipeline, TValue, Pipeline> with)
    {
        ArgumentNullException.ThrowIfNull(with);
        var own = Check.NotEmpty<TValue>([.. values], name);
        return Add(name, own.Length, (pipeline, at) => (with(pipeline, own[(int)at]), Text(own[(int)at])));
    }

    /// <summary>What it learns to predict.</summary>
    internal TargetKind Predicts => _start.Learner.Predicts;

    /// <summary>Every combination of values, the last option varying fastest.</summary>
    /// <exception cref="InvalidOperationException">An option is varied over a range.</exception>
    public IEnumerable<Candidate> Grid()
    {
        if (_axes.FirstOrDefault(a => a.Count == 0) is { } open) throw new InvalidOperationException($"'{open.Name}' is varied over a range, which has no grid. List its values, or search at random.");
        return _axes.Aggregate((IEnumerable<Candidate>)[new(_start, [])], (all, axis) => all.SelectMany(c => Enumerable.Range(0, axis.Count).Select(i => Vary(c, axis, i))));
    }

    /// <summary>Combinations drawn at random.</summary>
    public IEnumerable<Candidate> Draw(int count, ulong seed)
    {
        for (int d = 0; d < count; d++)
        {
            var random = new Generator(seed, (ulong)d);
            yield return _axes.Aggregate(new Candidate(_start, []), (c, axis) => Vary(c, axis, axis.Count == 0 ? random.NextDouble() : random.NextInt64(0, axis.Count)));
        }
    }

    static Candidate Vary(Candidate candidate, Axis axis, double at)
    {
        var (varied, text) = axis.Apply(candidate.Pipeline, at);
        return new(varied, candidate.Settings.Add(new(axis.Name, text)));
    }

    SearchSpace Add(string name, int count, Func<Pipeline, double, (Pipeline, string)> apply)
    {
        if (_axes.Any(a => a.Name == name)) throw new ArgumentException($"'{name}' is varied already.", nameof(name));
        return new(_start, _axes.Add(new(name, count, apply)));
    }

    Func<Pipeline, TLearner> Learner<TLearner>(string name) where TLearner : class
    {
        if (_axes.IsEmpty && _start.Learner is not TLearner) throw new ArgumentException($"'{name}' is varied of a {typeof(TLearner).Name}; the learner is a {_start.Learner.GetType().Name}.", nameof(name));
        return pipeline => pipeline.Learner as TLearner
            ?? throw new ArgumentException($"'{name}' is varied of a {typeof(TLearner).Name}; the learner is a {pipeline.Learner.GetType().Name}.", nameof(name));
    }

    static string Text<T>(T value) => value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value?.ToString() ?? "none";
}
