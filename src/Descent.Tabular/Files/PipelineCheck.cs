namespace Descent.Tabular;

/// <summary>Whether a pipeline that was read can be applied without leaving its arrays.</summary>
static class PipelineCheck
{
    /// <summary>What is wrong with it, or null.</summary>
    internal static string? Fault(PipelineModel pipeline)
    {
        if (pipeline.Input.Columns.Select(c => c.Name).Distinct(StringComparer.Ordinal).Count() < pipeline.Input.Columns.Length) return "two columns have one name";
        if (pipeline.Input.Columns.Any(c => !Enum.IsDefined(c.Type) || c.Levels.IsDefault)) return "a column is of no type";
        foreach (var step in pipeline.Steps)
            if (step is null) return "a step is missing";
            else if (step.Fault() is { } fault) return fault;
        return ModelCheck.Fault(pipeline.Model);
    }
}
