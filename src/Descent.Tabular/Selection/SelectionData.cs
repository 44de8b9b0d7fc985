namespace Descent.Tabular;

/// <summary>A frame and what is told of its rows besides their features.</summary>
sealed class SelectionData
{
    Frame? _frame;
    string? _name, _weightsName, _groupsName;

    internal required Target Target { get; init; }
    internal double[]? Weights { get; init; }
    internal Labels? Groups { get; init; }

    internal static SelectionData Of(Frame frame, string target, TargetKind kind, string? weights, string? groups) => new()
    {
        Target = Target.Of(frame[target], kind),
        Weights = weights is null ? null : FrameFitting.Numbers(frame[weights]),
        Groups = groups is null ? null : Labels.From(frame[groups]),
        _frame = frame,
        _name = target,
        _weightsName = weights,
        _groupsName = groups,
    };

    /// <summary>Some of the rows, as if there were no others.</summary>
    internal SelectionData Take(int[] rows) => new()
    {
        Target = Target.Take(rows),
        Weights = Weights is null ? null : Array.ConvertAll(rows, row => Weights[row]),
        Groups = Groups?.Take(rows),
        _frame = _frame?.Take(rows),
        _name = _name,
        _weightsName = _weightsName,
        _groupsName = _groupsName,
    };

    /// <summary>Fits a pipeline to some of the rows.</summary>
    internal Func<int[], Predictions> Fit(Pipeline pipeline, int[] train)
    {
        var model = Model(pipeline, train);
        return test => Predictions.Of(model, _frame!.Take(test));
    }

    internal PipelineModel Model(Pipeline pipeline, int[] train) => pipeline.Fit(_frame!.Take(train), _name!, _weightsName, _groupsName);

    /// <summary>Predictions of the classes of all rows, some of which may not have been among those trained on.</summary>
    internal Predictions Among(Predictions said) => Target.Kind == TargetKind.Class ? said.Among(Target.Labels.Classes) : said;

    internal double Score(Scorer scorer, int[] rows, Predictions said) => scorer.Score(Target.Take(rows), said,
        Weights is null ? [] : Array.ConvertAll(rows, row => Weights[row]), Groups?.Take(rows));
}
