using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>A point of a learning or validation curve.</summary>
/// <param name="Label">Where it is: the value of an option, or a number of rows.</param>
/// <param name="TrainRows">The mean number of rows that were trained on.</param>
/// <param name="Train">The deciding figure on the rows that were trained on.</param>
/// <param name="Test">The deciding figure on the others.</param>
public sealed record CurvePoint(string Label, double TrainRows, ScoreSummary Train, ScoreSummary Test);

/// <summary>How the score grows with the number of rows to train on: whether more data would help.</summary>
public sealed record LearningCurve
{
    /// <summary>The shares of each fold's rows that are trained on.</summary>
    public ImmutableArray<double> Shares { get; init => field = Check.NotEmpty(value.IsDefault ? value : [.. value.Select(v => Check.Above(0, Check.Within(0, 1, v, nameof(Shares)), nameof(Shares)))]); } = [0.1, 0.325, 0.55, 0.775, 1];

    /// <summary>How models are judged.</summary>
    public CrossValidation Judging { get; init; } = new();

    /// <summary>Decides which rows are trained on; those of a share are among those of every greater one.</summary>
    public ulong Seed { get; init; }

    /// <summary>The curve of a pipeline on a frame.</summary>
    /// <exception cref="ArgumentException">A name is not a column, or a share of the rows is too few for the learner.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ImmutableArray<CurvePoint> Run(Pipeline pipeline, Frame frame, string target, IProgress<SelectionProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(frame);
        var data = SelectionData.Of(frame, target, pipeline.Learner.Predicts, Judging.Weights, Judging.Groups);
        var judging = Judging with { TrainScores = true };
        var points = ImmutableArray.CreateBuilder<CurvePoint>(Shares.Length);
        foreach (double share in Shares)
        {
            var result = judging.Run(data, train => data.Fit(pipeline, train), null, cancellation, train => First(train, share));
            double rows = result.TrainRows.Average();
            points.Add(new(FormattableString.Invariant($"{rows:0}"), rows, result.TrainScores[0], result.Scores[0]));
            progress?.Report(new(points.Count, Shares.Length, $"{share:P0} of the rows"));
        }
        return points.MoveToImmutable();
    }

    int[] First(int[] rows, double share)
    {
        if (share == 1) return rows;
        int[] order = [.. rows];
        new Generator(Seed).Shuffle<int>(order);
        int[] some = order[..Math.Max(1, (int)Math.Round(share * rows.Length))];
        Array.Sort(some);
        return some;
    }
}

/// <summary>How the score changes with an option: where a model learns too little, and where by heart.</summary>
public sealed record ValidationCurve
{
    /// <summary>How models are judged.</summary>
    public CrossValidation Judging { get; init; } = new();

    /// <summary>The curve over the candidates of a space, which is usually varied in one option.</summary>
    /// <exception cref="ArgumentException">A name is not a column, or a learner refuses the frame.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ImmutableArray<CurvePoint> Run(SearchSpace space, Frame frame, string target, IProgress<SelectionProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(frame);
        var data = SelectionData.Of(frame, target, space.Predicts, Judging.Weights, Judging.Groups);
        var judging = Judging with { TrainScores = true };
        Candidate[] all = [.. space.Grid()];
        var points = ImmutableArray.CreateBuilder<CurvePoint>(all.Length);
        foreach (var candidate in all)
        {
            var result = judging.Run(data, train => data.Fit(candidate.Pipeline, train), null, cancellation);
            points.Add(new(candidate.ToString(), result.TrainRows.Average(), result.TrainScores[0], result.Scores[0]));
            progress?.Report(new(points.Count, all.Length, candidate.ToString()));
        }
        return points.MoveToImmutable();
    }
}
