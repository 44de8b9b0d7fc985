using System.Text.Json;

namespace Descent.Tabular;

/// <summary>What the readers of lists let pass.</summary>
static class JsonScan
{
    /// <summary>Whether an element of a list is null, which no step writes and none expects; what is below one property is passed over.</summary>
    internal static bool HasNullInList(ReadOnlySpan<byte> json, string except)
    {
        var reader = new Utf8JsonReader(json);
        var inList = new Stack<bool>();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray: inList.Push(true); break;
                case JsonTokenType.StartObject: inList.Push(false); break;
                case JsonTokenType.EndArray or JsonTokenType.EndObject: inList.Pop(); break;
                case JsonTokenType.PropertyName when reader.CurrentDepth == 1 && reader.ValueTextEquals(except): reader.Skip(); break;
                case JsonTokenType.Null when inList.TryPeek(out bool isList) && isList: return true;
            }
        }
        return false;
    }
}
