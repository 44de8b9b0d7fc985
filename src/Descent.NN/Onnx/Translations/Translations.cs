namespace Descent.NN;

/// <summary>How each traced operation is said in ONNX.</summary>
static class Translations
{
    static readonly Dictionary<string, Action<Translation>> s_all = new IEnumerable<KeyValuePair<string, Action<Translation>>>[]
    {
        ElementwiseTranslations.Table, ActivationTranslations.Table, ShapeTranslations.Table, ReductionTranslations.Table,
        LinearTranslations.Table, LayerTranslations.Table, WindowTranslations.Table, ScatterTranslations.Table,
    }.SelectMany(table => table).ToDictionary();

    internal static Action<Translation> Find(string operation) => s_all.TryGetValue(operation, out var translation) ? translation
        : throw new NotSupportedException($"Onnx.Export: the operation {operation} has no translation to ONNX. Write the forward pass with other operations, or leave this one to the caller.");
}
