using System.Text.Json.Serialization;

namespace Descent.Tabular;

/// <summary>What files tell of models, as JSON that people read too.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FrameSchema))]
[JsonSerializable(typeof(FitMetrics))]
[JsonSerializable(typeof(FitProvenance))]
sealed partial class FitJson : JsonSerializerContext;
