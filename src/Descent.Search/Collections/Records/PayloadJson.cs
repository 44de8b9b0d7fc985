using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Descent.Search;

/// <summary>Payloads between UTF-8 and what callers hold.</summary>
static class PayloadJson
{
    /// <summary>The most bytes of one payload.</summary>
    const int Most = 1 << 24;

    static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false };

    // Text as it is, which is shorter: nobody puts it into a page as it stands.
    static readonly JsonWriterOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static byte[] Empty { get; } = "{}"u8.ToArray();

    internal static byte[] Write(JsonObject? payload)
    {
        if (payload is null || payload.Count == 0) return Empty;
        using var buffer = new MemoryStream();
        try
        {
            using var writer = new Utf8JsonWriter(buffer, s_writing);
            payload.WriteTo(writer);
        }
        // It holds a number that is not finite, or another value that has no form in JSON.
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw new ArgumentException($"The payload cannot be written as JSON: {error.Message}", error);
        }
        return Check(buffer.ToArray());
    }

    /// <exception cref="ArgumentException">The bytes are no JSON object, or too many.</exception>
    internal static byte[] Check(byte[] json)
    {
        if (json.Length > Most) throw new ArgumentException($"The payload takes {json.Length} bytes; at most {Most} are possible.");
        try
        {
            using var document = JsonDocument.Parse(json, s_options);
            return document.RootElement.ValueKind == JsonValueKind.Object ? json
                : throw new ArgumentException($"The payload is a JSON {document.RootElement.ValueKind}; expected an object.");
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"The payload is no JSON object: {error.Message}", error);
        }
    }

    /// <exception cref="InvalidDataException">What was stored is no JSON object.</exception>
    internal static JsonDocument Read(byte[] stored)
    {
        try
        {
            var document = JsonDocument.Parse(stored);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"A payload that was stored is no JSON: {error.Message}", error);
        }
        throw new InvalidDataException("A payload that was stored is no JSON object.");
    }
}
