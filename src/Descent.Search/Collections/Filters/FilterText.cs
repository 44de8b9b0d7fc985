using System.Text.Json;

namespace Descent.Search;

/// <summary>Filters as JSON.</summary>
static class FilterText
{
    static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false };

    internal static PayloadFilter Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, s_options);
            return Object(document.RootElement, "the filter");
        }
        catch (JsonException error)
        {
            throw new FormatException($"The filter is no JSON: {error.Message}", error);
        }
    }

    static PayloadFilter Object(JsonElement element, string where) => element.ValueKind == JsonValueKind.Object
        ? Combine([.. element.EnumerateObject().Select(property => Property(property.Name, property.Value))])
        : throw new FormatException($"{where} is {element.GetRawText()}; expected an object of paths and conditions.");

    static PayloadFilter Property(string name, JsonElement value) => name switch
    {
        "$and" => PayloadFilter.All(Filters(name, value)),
        "$or" => PayloadFilter.Any(Filters(name, value)),
        "$not" => !Object(value, name),
        "" => throw new FormatException("A path of the filter is empty."),
        ['$', ..] => throw new FormatException($"{name} is no operator; expected $and, $or, $not or a path."),
        _ when value.ValueKind == JsonValueKind.Object => Conditions(name, value),
        _ => PayloadFilter.EqualTo(name, Value(name, value)),
    };

    static PayloadFilter[] Filters(string name, JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? [.. value.EnumerateArray().Select(item => Object(item, name))]
        : throw new FormatException($"{name} is {value.GetRawText()}; expected an array of filters.");

    static PayloadFilter Conditions(string path, JsonElement conditions) => conditions.EnumerateObject().Any()
        ? Combine([.. conditions.EnumerateObject().Select(condition => Condition(path, condition.Name, condition.Value))])
        : throw new FormatException($"{path} has no condition; expected one of eq, ne, gt, gte, lt, lte, in, nin, exists.");

    static PayloadFilter Condition(string path, string name, JsonElement value) => name.TrimStart('$') switch
    {
        "eq" => PayloadFilter.EqualTo(path, Value(path, value)),
        "ne" => PayloadFilter.NotEqualTo(path, Value(path, value)),
        "gt" => PayloadFilter.Range(path, moreThan: Bound(path, value)),
        "gte" => PayloadFilter.Range(path, atLeast: Bound(path, value)),
        "lt" => PayloadFilter.Range(path, lessThan: Bound(path, value)),
        "lte" => PayloadFilter.Range(path, atMost: Bound(path, value)),
        "in" => PayloadFilter.In(path, Values(path, value)),
        "nin" => !PayloadFilter.In(path, Values(path, value)),
        "exists" when value.ValueKind is JsonValueKind.True => PayloadFilter.Exists(path),
        "exists" when value.ValueKind is JsonValueKind.False => !PayloadFilter.Exists(path),
        "exists" => throw new FormatException($"exists of {path} is {value.GetRawText()}; expected true or false."),
        _ => throw new FormatException($"{name} of {path} is no condition; expected eq, ne, gt, gte, lt, lte, in, nin or exists."),
    };

    static PayloadFilter Combine(PayloadFilter[] filters) => filters is [var only] ? only : PayloadFilter.All(filters);

    static PayloadValue[] Values(string path, JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? [.. value.EnumerateArray().Select(item => Value(path, item))]
        : throw new FormatException($"The values of {path} are {value.GetRawText()}; expected an array.");

    static PayloadValue Bound(string path, JsonElement value) => value.ValueKind is JsonValueKind.Number or JsonValueKind.String ? PayloadValue.Of(value)
        : throw new FormatException($"A bound of {path} is {value.GetRawText()}; expected a number or a text.");

    static PayloadValue Value(string path, JsonElement value) => value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array) ? PayloadValue.Of(value)
        : throw new FormatException($"A value of {path} is {value.GetRawText()}; expected a text, a number, true, false or null.");
}
