using System.Text.Json;

namespace Descent.Search;

/// <summary>Vectors as lines of JSON: an array of numbers, or an object whose "vector" is one, with an "id" or without; what else it has is left out.</summary>
static class VectorJson
{
    const string Expected = "expected an array of numbers, or an object with \"vector\", such an array, and \"id\", a whole number";

    internal static VectorSet Read(string path)
    {
        using var lines = new VectorLines(path);
        while (lines.Read())
            try
            {
                ReadLine(lines);
            }
            catch (JsonException error)
            {
                throw lines.Damage($"byte {error.BytePositionInLine} of it is no JSON; {Expected}.");
            }
        return lines.ToSet();
    }

    static void ReadLine(VectorLines lines)
    {
        var reader = new Utf8JsonReader(lines.Current);
        long? id = null;
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject) id = ReadObject(lines, ref reader);
        else ReadNumbers(lines, ref reader);
        if (reader.Read()) throw lines.Damage($"something follows the vector; {Expected}.");
        lines.EndVector(id);
    }

    static long? ReadObject(VectorLines lines, ref Utf8JsonReader reader)
    {
        long? id = null;
        bool hasVector = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isId = reader.ValueTextEquals("id"u8), isVector = reader.ValueTextEquals("vector"u8);
            reader.Read();
            if (isId)
            {
                if (id is not null) throw lines.Damage("\"id\" occurs twice.");
                id = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) ? number
                    : throw lines.Damage($"the id {VectorLines.Quote(reader.ValueSpan)} is no whole number; ids of an index are.");
            }
            else if (isVector)
            {
                if (hasVector) throw lines.Damage("\"vector\" occurs twice.");
                ReadNumbers(lines, ref reader);
                hasVector = true;
            }
            else reader.Skip();
        }
        return hasVector ? id : throw lines.Damage($"there is no \"vector\"; {Expected}.");
    }

    static void ReadNumbers(VectorLines lines, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw lines.Damage($"there is no array; {Expected}.");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetSingle(out float value)) lines.Add(value, reader.ValueSpan);
            else throw lines.Damage($"{VectorLines.Quote(reader.ValueSpan)} among the elements is no number; {Expected}.");
    }
}
