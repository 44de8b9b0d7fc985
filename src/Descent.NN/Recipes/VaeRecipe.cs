using Descent.Tensors;

namespace Descent.NN;

/// <summary><see cref="VariationalAutoencoder"/>.</summary>
sealed class VaeRecipe : GenerativeRecipe
{
    public override string Name => "vae";

    public override string Description => "images from codes of normal distributions";

    protected override IReadOnlyList<RecipeSetting> Sizes => [new("latent", "20", "numbers of a code"), new("hidden", "400", "units beside the code")];

    protected override RunConfig Usual(string? data) => Usual(data, batchSize: 128, learningRate: 2e-3, epochs: 30);

    protected override (TrainingTask<Example> Task, Func<Tensor, IEnumerable<(string Name, Tensor Pictures)>> Show) Create(RunConfig config, int size)
    {
        var model = new VariationalAutoencoder(size, Latent(config), config.Integer("hidden", 1, 65536));
        return (new Task(model, OptimizerChoice.Create(config, model.Parameters())),
            x => [("Samples", model.Decode(Codes(model.Latent)).Sigmoid()), ("Originals", x), ("Reconstructions", model.Forward(x))]);
    }

    sealed class Task(VariationalAutoencoder model, Optimizer optimizer) : TrainingTask<Example>(model, optimizer)
    {
        readonly VaeLoss _loss = new();

        public override Tensor Loss(Example batch)
        {
            var (mean, logVar) = model.Encode(batch.Input);
            using (Autograd.NoGrad()) Log("divergence", VaeLoss.Divergence(mean, logVar).Mean().Item(), Items(batch));
            return _loss.Forward(model.Decode(model.Sample(mean, logVar)), batch.Input, mean, logVar);
        }
    }
}
