using Descent.Tensors;

namespace Descent.Testing;

using Table = IReadOnlyDictionary<string, Func<GoldenCall, GoldenOutputs>>;

/// <summary>How each area's operations are called here.</summary>
public static class GoldenTables
{
    /// <summary>Areas in which an operation without a line is an error.</summary>
    static readonly HashSet<string> s_complete = ["ops", "nn", "init", "optim", "activations", "losses", "metrics", "detection", "trees"];

    static readonly Dictionary<string, Table> s_areas = new()
    {
        ["ops"] = Merge(ArithmeticCases.Table, PointwiseCases.Table, ComparisonCases.Table, ReductionCases.Table, ScanCases.Table,
            LinearCases.Table, ShapeCases.Table, IndexingCases.Table, OrderCases.Table, GraphCases.Table),
        ["nn"] = Merge(LayerCases.Table, FunctionLayerCases.Table, NormalizationCases.Table, ConvolutionCases.Table, PoolingCases.Table, ResamplingCases.Table, SequenceCases.Table, AttentionCases.Table),
        ["activations"] = ActivationCases.Table,
        ["losses"] = LossCases.Table,
        ["metrics"] = Merge(ClassificationCases.Table, CurveCases.Table, RankingCases.Table, RegressionCases.Table, ClusteringCases.Table),
        ["detection"] = DetectionCases.Table,
        ["trees"] = Merge(TreeCases.Table, XgboostCases.Table),
        ["init"] = InitCases.Table,
        ["optim"] = Merge(OptimizerCases.Table, ScheduleCases.Table),
        ["e2e"] = Merge(TrainingCases.Table, FileCases.Table, CheckpointCases.Table, LanguageModelCases.Table),
    };

    /// <summary>Operations of which some cases need what is not built yet: why, or null.</summary>
    static readonly Dictionary<(string Area, string Op), Func<GoldenCase, string?>> s_partial = new()
    {
        [("e2e", "train_mlp")] = TrainingCases.Missing,
        [("e2e", "train_cnn")] = TrainingCases.Missing,
    };

    /// <summary>The call of a case, or null.</summary>
    public static Func<GoldenCall, GoldenOutputs>? Find(GoldenCase golden) =>
        s_areas.GetValueOrDefault(golden.Area.Name)?.GetValueOrDefault(golden.Op);

    /// <summary>Why a case is not run, or null if it is to be run.</summary>
    public static string? SkipReason(GoldenCase golden) =>
        !s_areas.ContainsKey(golden.Area.Name) ? $"the area '{golden.Area.Name}' is not built yet"
        : Find(golden) is null && !s_complete.Contains(golden.Area.Name) ? $"{golden.Area.Name}: '{golden.Op}' is not built yet"
        : s_partial.GetValueOrDefault((golden.Area.Name, golden.Op))?.Invoke(golden);

    /// <summary>Runs a case.</summary>
    /// <exception cref="NotSupportedException">Its operation is unknown in an area that is complete.</exception>
    public static void Verify(GoldenCase golden) => GoldenRunner.Verify(golden, Find(golden) ?? throw new NotSupportedException(
        $"{golden}: the area is complete, but there is no line for '{golden.Op}'."));

    static Table Merge(params ReadOnlySpan<Table> families)
    {
        var all = new Dictionary<string, Func<GoldenCall, GoldenOutputs>>();
        foreach (var family in families)
            foreach (var (op, call) in family) all.Add(op, call);
        return all;
    }
}
