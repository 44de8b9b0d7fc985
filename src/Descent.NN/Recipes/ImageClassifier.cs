using Descent.Tensors;

namespace Descent.NN;

/// <summary>The trained classifier of a run folder.</summary>
public sealed class ImageClassifier
{
    readonly Module _model;
    readonly int _size;

    ImageClassifier(Module model, int size) => (_model, _size) = (model, size);

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
        var (model, size) = recipe.Create(config);
        Checkpoints.LoadModel(folder.CheckpointFile, model);
        model.Eval();
        return new(model, size);
    }

    /// <summary>
    /// Class probabilities of a picture. It is made gray and scaled to the size the model was trained on; where the
    /// border is light, it is turned into light ink on dark ground, as in the training images.
    /// </summary>
    public float[] Predict(PngImage picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var gray = picture.ToGrayscale();
        if (gray.Width != _size || gray.Height != _size) gray = gray.Resize(_size, _size);
        var pixels = (byte[])gray.Pixels.Clone();
        if (BorderMean(pixels) > 127)
            for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)(255 - pixels[i]);
        using var _ = Autograd.NoGrad();
        return _model.Forward(ImageSet.Normalize(pixels, _size)).Softmax(1).ToArray<float>();
    }

    double BorderMean(byte[] pixels)
    {
        double sum = 0;
        for (int i = 0; i < _size; i++)
            sum += pixels[i] + pixels[(_size - 1) * _size + i] + pixels[i * _size] + pixels[i * _size + _size - 1];
        return sum / (4 * _size);
    }
}
