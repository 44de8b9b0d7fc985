using System.Text.Json;
using Descent.Tensors.Formats;

namespace Descent.Tabular;

/// <summary>Models in XGBoost's formats, JSON and UBJSON: boosted trees go both ways, and predict the same to float32 rounding.</summary>
public static class XgboostModel
{
    extension(BoostedTrees trees)
    {
        /// <summary>Writes a model that XGBoost 1.6 and later loads: as UBJSON if the name ends in <c>.ubj</c>, else as JSON.</summary>
        /// <exception cref="IOException">The file cannot be written.</exception>
        /// <exception cref="InvalidOperationException">XGBoost lacks the objective, or the leaves are linear.</exception>
        public void SaveXgboost(string path) => Write(path, output => XgboostWriter.Write(trees, output));

        /// <summary>Writes a model that XGBoost 1.6 and later loads to a stream.</summary>
        /// <exception cref="InvalidOperationException">XGBoost lacks the objective, or the leaves are linear.</exception>
        public void SaveXgboost(Stream stream, bool asUbjson = false) => Write(stream, asUbjson, output => XgboostWriter.Write(trees, output));
    }

    extension(BoostedTrees)
    {
        /// <summary>Reads a model that XGBoost saved as JSON or UBJSON, whichever it is: boosters of trees, also those that drop some (dart), with any of its objectives.</summary>
        /// <exception cref="InvalidDataException">It is no such model, or it is damaged.</exception>
        public static BoostedTrees LoadXgboost(string path) => Load<BoostedTrees>(File.ReadAllBytes(path), path);

        /// <summary>Reads a model that XGBoost saved as JSON or UBJSON from a stream.</summary>
        /// <exception cref="InvalidDataException">It is no such model, or it is damaged.</exception>
        public static BoostedTrees LoadXgboost(Stream stream) => Load<BoostedTrees>(Bytes(stream), "XGBoost model");
    }

    /// <summary>A file in the format that its name asks for, whole or not at all.</summary>
    internal static void Write(string path, Action<IXgboostOutput> write)
    {
        ArgumentNullException.ThrowIfNull(path);
        AtomicFile.Write(path, stream => Write(stream, path.EndsWith(".ubj", StringComparison.OrdinalIgnoreCase), write));
    }

    internal static void Write(Stream stream, bool asUbjson, Action<IXgboostOutput> write)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using IXgboostOutput output = asUbjson ? new XgboostUbjsonOutput(stream) : new XgboostJsonOutput(stream);
        write(output);
    }

    internal static byte[] Bytes(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    internal static TModel Load<TModel>(byte[] bytes, string file) where TModel : class, IModel
    {
        try
        {
            using var document = JsonDocument.Parse(UbjsonReader.IsObject(bytes) ? UbjsonReader.ToJson(bytes) : WithoutNaN(bytes));
            var model = new XgboostReader(file).Read(document.RootElement);
            return model as TModel ?? throw new InvalidDataException($"{file}: the booster is {(model is BoostedTrees ? "one of trees" : "linear (gblinear)")}. Read it as {model.GetType().Name}.");
        }
        // What is not there, or is of another kind than the format has it.
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"{file}: this is no model as XGBoost saves it, or it is damaged: {error.Message}", error);
        }
    }

    /// <summary>JSON has no NaN, which XGBoost writes for the thresholds of categories; an empty text of its length takes its place.</summary>
    static byte[] WithoutNaN(byte[] json)
    {
        bool inText = false;
        for (int i = 0; i < json.Length; i++)
        {
            if (json[i] == '\\' && inText) i++;
            else if (json[i] == '"') inText = !inText;
            else if (!inText && json.AsSpan(i).StartsWith("NaN"u8))
            {
                UbjsonReader.NaN.CopyTo(json.AsSpan(i));
                i += UbjsonReader.NaN.Length - 1;
            }
        }
        return json;
    }
}
