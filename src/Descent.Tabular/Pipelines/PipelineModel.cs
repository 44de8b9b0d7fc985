using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>What a <see cref="Pipeline"/> learned: predicts from frames as they come. Immutable, and safe to share between threads.</summary>
public sealed record PipelineModel
{
    /// <summary>The columns it was fitted to, without the target.</summary>
    public required FrameSchema Input { get; init; }

    /// <summary>The name of the column that it predicts.</summary>
    public required string Target { get; init; }

    /// <summary>The steps, first to last.</summary>
    public required ImmutableArray<IFittedTransformer> Steps { get; init; }

    /// <summary>What was learned behind the steps.</summary>
    public required IModel Model { get; init; }

    /// <summary>The features of a frame as <see cref="Model"/> sees them.</summary>
    /// <exception cref="ArgumentException">A column is missing, or of another type.</exception>
    public Features Prepare(Frame frame)
    {
        var x = Input.Read(frame);
        foreach (var step in Steps) x = step.Apply(x);
        return Model.Schema.Read(x);
    }
}
