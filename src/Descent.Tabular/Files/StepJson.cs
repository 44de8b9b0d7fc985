using System.Text.Json.Serialization;

namespace Descent.Tabular;

/// <summary>Pipelines as JSON, by generated code: a line for each step that a file may hold, with the name it has there.</summary>
[JsonSourceGenerationOptions(WriteIndented = false, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PipelineModel))]
[JsonSerializable(typeof(BinnedColumns))]
[JsonSerializable(typeof(DatePartColumns))]
[JsonSerializable(typeof(DroppedColumns))]
[JsonSerializable(typeof(HashedColumns))]
[JsonSerializable(typeof(HashedTexts))]
[JsonSerializable(typeof(ImputedColumns))]
[JsonSerializable(typeof(MissingIndicators))]
[JsonSerializable(typeof(NeighborImputation))]
[JsonSerializable(typeof(OneHotColumns))]
[JsonSerializable(typeof(OrdinalColumns))]
[JsonSerializable(typeof(PowerColumns))]
[JsonSerializable(typeof(ProductColumns))]
[JsonSerializable(typeof(ProjectedColumns))]
[JsonSerializable(typeof(QuantileColumns))]
[JsonSerializable(typeof(ScaledColumns))]
[JsonSerializable(typeof(TargetEncoding))]
[JsonSerializable(typeof(TextVectors))]
sealed partial class StepJson : JsonSerializerContext
{
    /// <summary>What steps are called in files.</summary>
    internal static readonly (string Name, Type Type)[] Names =
    [
        ("bin", typeof(BinnedColumns)),
        ("date_parts", typeof(DatePartColumns)),
        ("drop", typeof(DroppedColumns)),
        ("hash", typeof(HashedColumns)),
        ("hash_text", typeof(HashedTexts)),
        ("impute", typeof(ImputedColumns)),
        ("missing_indicator", typeof(MissingIndicators)),
        ("impute_by_neighbors", typeof(NeighborImputation)),
        ("one_hot", typeof(OneHotColumns)),
        ("ordinal", typeof(OrdinalColumns)),
        ("power", typeof(PowerColumns)),
        ("products", typeof(ProductColumns)),
        ("projection", typeof(ProjectedColumns)),
        ("quantile", typeof(QuantileColumns)),
        ("scale", typeof(ScaledColumns)),
        ("target", typeof(TargetEncoding)),
        ("text", typeof(TextVectors)),
    ];
}
