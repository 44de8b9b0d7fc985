using Descent.Tensors;

namespace Descent.NN;

/// <summary><see cref="Autoencoder"/>.</summary>
sealed class AutoencoderRecipe : GenerativeRecipe
{
    public override string Name => "autoencoder";

    public override string Description => "images through a short code and back";

    protected override IReadOnlyList<RecipeSetting> Sizes => [new("latent", "16", "numbers of a code"), new("width", "16", "channels of the first convolution")];

    protected override RunConfig Usual(string? data) => Usual(data, batchSize: 64, learningRate: 2e-3, epochs: 6);

    protected override (TrainingTask<Example> Task, Func<Tensor, IEnumerable<(string Name, Tensor Pictures)>> Show) Create(RunConfig config, int size)
    {
        var model = new Autoencoder(size, Latent(config), Width(config));
        return (new Task(model, OptimizerChoice.Create(config, model.Parameters())), x => [("Originals", x), ("Reconstructions", model.Forward(x))]);
    }

    sealed class Task(Autoencoder model, Optimizer optimizer) : TrainingTask<Example>(model, optimizer)
    {
        public override Tensor Loss(Example batch) => F.MseLoss(model.Forward(batch.Input), batch.Input);
    }
}
