using System.Text.Json;
using Descent.Tensors.Formats;

namespace Descent.Tabular;

/// <summary>Models in XGBoost's JSON format: boosted trees go both ways, and predict the same to float32 rounding.</summary>
public static class XgboostModel
{
    extension(BoostedTrees trees)
    {
        /// <summary>Writes a model that XGBoost 1.6 and later loads.</summary>
        /// <exception cref="IOException">The file cannot be written.</exception>
        /// <exception cref="InvalidOperationException">XGBoost lacks the objective, or the leaves are linear.</exception>
        public void SaveXgboost(string path) => AtomicFile.Write(path, trees.SaveXgboost);

        /// <summary>Writes a model that XGBoost 1.6 and later loads to a stream.</summary>
        /// <exception cref="InvalidOperationException">XGBoost lacks the objective, or the leaves are linear.</exception>
        public void SaveXgboost(Stream stream)
        {
            ArgumentNullException.ThrowIfNull(stream);
            XgboostWriter.Write(trees, stream);
        }
    }

    extension(BoostedTrees)
    {
        /// <summary>Reads a model that XGBoost saved as JSON: boosters of trees, also those that drop some (dart), with any of its objectives.</summary>
        /// <exception cref="InvalidDataException">It is no such model, or it is damaged.</exception>
        public static BoostedTrees LoadXgboost(string path)
        {
            using var stream = File.OpenRead(path);
            return Load(stream, path);
        }

        /// <summary>Reads a model that XGBoost saved as JSON from a stream.</summary>
        /// <exception cref="InvalidDataException">It is no such model, or it is damaged.</exception>
        public static BoostedTrees LoadXgboost(Stream stream) => Load(stream, "XGBoost model");
    }

    static BoostedTrees Load(Stream stream, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(stream);
            return new XgboostReader(file).Read(document.RootElement);
        }
        // What is not there, or is of another kind than the format has it.
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"{file}: this is no XGBoost model in JSON, or it is damaged: {error.Message}", error);
        }
    }
}
