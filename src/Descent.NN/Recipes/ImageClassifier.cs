using Descent.Tensors;

namespace Descent.NN;

/// <summary>The trained classifier of a run folder.</summary>
public sealed class ImageClassifier
{
    readonly Module _model;
    readonly int _size, _channels;

    ImageClassifier(Module model, int size, int channels, IReadOnlyList<string> classes) => (_model, _size, _channels, Classes) = (model, size, channels, classes);

    /// <summary>The names of the classes, in the order of <see cref="Predict"/>'s probabilities; numbers where the data had no names.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Opens a run folder.</summary>
    /// <exception cref="IOException">There is no run in the folder, or no checkpoint yet.</exception>
    /// <exception cref="InvalidDataException">Its files are damaged.</exception>
    public static ImageClassifier Load(string path)
    {
        var folder = RunFolder.Open(path);
        var config = RunConfig.Read(folder);
        if (Recipes.Get(config.Model) is not ImageRecipe recipe)
            throw new ArgumentException($"{path} holds a {config.Model}, which is no image classifier.");
        if (!File.Exists(folder.CheckpointFile))
            throw new FileNotFoundException($"{path} has no checkpoint yet. Go on with it by descent train --resume {path}.");
        var (model, size, channels, names) = recipe.Create(config);
        Checkpoints.LoadModel(folder.CheckpointFile, model);
        model.Eval();
        return new(model, size, channels, names);
    }

    /// <summary>
    /// Class probabilities of a picture, scaled to the size the model was trained on. For a model of gray images it is
    /// made gray, and where the border is light, turned into light ink on dark ground, as in the training images.
    /// </summary>
    public float[] Predict(PngImage picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var taken = _channels == 1 ? picture.ToGrayscale() : picture.ToColour();
        if (taken.Width != _size || taken.Height != _size) taken = taken.Resize(_size, _size);
        var pixels = (byte[])taken.Pixels.Clone();
        if (_channels == 1 && BorderMean(pixels) > 127)
            for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)(255 - pixels[i]);
        var (mean, deviation) = ImageSet.Usual(_channels);
        using var _ = Autograd.NoGrad();
        return _model.Forward(IdxDataset.ToInputs(pixels, _size, _size, _channels, mean, deviation)).Softmax(1).ToArray<float>();
    }

    double BorderMean(byte[] pixels)
    {
        double sum = 0;
        for (int i = 0; i < _size; i++)
            sum += pixels[i] + pixels[(_size - 1) * _size + i] + pixels[i * _size] + pixels[i * _size + _size - 1];
        return sum / (4 * _size);
    }
}
