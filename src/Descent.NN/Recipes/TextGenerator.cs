namespace Descent.NN;

/// <summary>The trained language model of a run folder.</summary>
public sealed class TextGenerator
{
    readonly ILanguageModel _model;

    TextGenerator(ILanguageModel model, CharVocabulary vocabulary) => (_model, Vocabulary) = (model, vocabulary);

    /// <summary>The characters that it knows.</summary>
    public CharVocabulary Vocabulary { get; }

    /// <summary>Opens a run folder.</summary>
    /// <exception cref="ArgumentException">The run is of another kind.</exception>
    /// <exception cref="IOException">There is no run in the folder, or no checkpoint yet.</exception>
    /// <exception cref="InvalidDataException">Its files are damaged.</exception>
    public static TextGenerator Load(string path)
    {
        var folder = RunFolder.Open(path);
        var config = RunConfig.Read(folder);
        if (Recipes.Get(config.Model) is not TextRecipe recipe)
            throw new ArgumentException($"{path} holds a {config.Model}, which writes no text.");
        if (!File.Exists(folder.CheckpointFile))
            throw new FileNotFoundException($"{path} has no checkpoint yet. Go on with it by descent train --resume {path}.");
        var (model, vocabulary) = recipe.Create(config);
        Checkpoints.LoadModel(folder.CheckpointFile, model);
        model.Eval();
        return new((ILanguageModel)model, vocabulary);
    }

    /// <summary>Text that goes on from a prompt, character by character; the caller takes as much as it wants.</summary>
    /// <param name="prompt">Its characters must be known; where it is empty, a new line stands for it if that is known.</param>
    /// <param name="sampler">How characters are drawn.</param>
    /// <exception cref="ArgumentException">A character is not known.</exception>
    public IEnumerable<string> Write(string prompt, Sampler sampler)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        int[] tokens = prompt.Length > 0 ? Vocabulary.Encode(prompt) : [Math.Max(0, Vocabulary.Characters.IndexOf('\n'))];
        return sampler.Generate(_model, tokens).Select(token => Vocabulary.Decode([token]));
    }
}
