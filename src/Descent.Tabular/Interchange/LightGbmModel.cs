using System.Text;
using Descent.Tensors.Formats;

namespace Descent.Tabular;

/// <summary>Models in LightGBM's text format: boosted trees go both ways, and predict the same to float32 rounding.</summary>
public static class LightGbmModel
{
    extension(BoostedTrees trees)
    {
        /// <summary>Writes a model that LightGBM 4 loads.</summary>
        /// <exception cref="IOException">The file cannot be written.</exception>
        /// <exception cref="InvalidOperationException">LightGBM lacks the objective, or a category has too many levels for it.</exception>
        public void SaveLightGbm(string path) => AtomicFile.Write(path, trees.SaveLightGbm);

        /// <summary>Writes a model that LightGBM 4 loads to a stream.</summary>
        /// <exception cref="InvalidOperationException">LightGBM lacks the objective, or a category has too many levels for it.</exception>
        public void SaveLightGbm(Stream stream)
        {
            ArgumentNullException.ThrowIfNull(stream);
            stream.Write(Encoding.UTF8.GetBytes(LightGbmWriter.Write(trees)));
        }
    }

    extension(BoostedTrees)
    {
        /// <summary>Reads a model that LightGBM saved as text. Where zero stands for a missing value, trees grow by what tells zeros apart; one-versus-all probabilities are scaled to sum to 1 here.</summary>
        /// <exception cref="InvalidDataException">It is no such model, or it is damaged.</exception>
        public static BoostedTrees LoadLightGbm(string path) => Load(File.ReadAllBytes(path), path);

        /// <summary>Reads a model that LightGBM saved as text from a stream.</summary>
        /// <exception cref="InvalidDataException">It is no such model, or it is damaged.</exception>
        public static BoostedTrees LoadLightGbm(Stream stream)
        {
            ArgumentNullException.ThrowIfNull(stream);
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return Load(memory.ToArray(), "LightGBM model");
        }
    }

    static BoostedTrees Load(byte[] bytes, string file)
    {
        try
        {
            return new LightGbmReader(file).Read(Encoding.UTF8.GetString(bytes));
        }
        // Numbers that are none, or that no option takes.
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"{file}: this is no model as LightGBM saves it, or it is damaged: {error.Message}", error);
        }
    }
}
