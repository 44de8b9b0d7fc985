using Descent.Tensors;

namespace Descent.NN;

/// <summary><see cref="Dcgan"/>, by the paper's Adam: a rate of 2e-4 and β₁ of ½.</summary>
sealed class DcganRecipe : GenerativeRecipe
{
    public override string Name => "dcgan";

    public override string Description => "images by a generator against a discriminator";

    protected override IReadOnlyList<RecipeSetting> Sizes =>
        [new("latent", "64", "numbers that an image is made from"), new("width", "32", "channels next to the image"), new("beta1", "0.5", "how much of the gradients' mean Adam keeps")];

    protected override (float Black, float White) Range => (-1, 1);

    protected override RunConfig Usual(string? data) => Usual(data, batchSize: 64, learningRate: 2e-4, epochs: 20) with { Optimizer = "adam" };

    protected override void Schedule(Trainer trainer)
    {
        // Both players at constant rates: neither is to fall behind.
    }

    protected override (TrainingTask<Example> Task, Func<Tensor, IEnumerable<(string Name, Tensor Pictures)>> Show) Create(RunConfig config, int size)
    {
        var model = new Dcgan(size, Latent(config), Width(config));
        return (new Task(model, Optimizer(config, model.Generator), Optimizer(config, model.Discriminator)),
            x => [("Samples", model.Forward(Codes(model.Generator.Latent))), ("Originals", x)]);
    }

    protected override Tensor Example(RunConfig config, int size) => Tensor.Randn([2, Latent(config)], generator: new Generator(1));

    static Optimizer Optimizer(RunConfig config, Module player) => config.Optimizer != "adam" ? OptimizerChoice.Create(config, player.Parameters())
        : new Adam(player.Parameters(), config.LearningRate, (config.Number("beta1", 0, 0.99999), 0.999), weightDecay: config.WeightDecay);

    sealed class Task(Dcgan model, Optimizer generator, Optimizer discriminator) : TrainingTask<Example>(model, generator, discriminator)
    {
        readonly LogisticGanLoss _loss = new();

        public override void Train(Example batch, TrainingStep step)
        {
            long n = Items(batch);
            // While the discriminator learns, the generator is held fast: nothing of it is recorded.
            step.Minimize(() => Loss(batch), discriminator, n, "discriminator_loss");
            step.Minimize(() => _loss.Generator(model.Discriminator.Forward(Made(batch.Input))), generator, n, "generator_loss");
        }

        public override void Validate(Example batch)
        {
            // A game has no loss to hold against unseen images; the samples show how it stands.
        }

        public override Tensor Loss(Example batch) =>
            _loss.Discriminator(model.Discriminator.Forward(batch.Input), model.Discriminator.Forward(Made(batch.Input)));

        /// <summary>As many images as there are real ones.</summary>
        Tensor Made(Tensor real) => model.Forward(Tensor.Randn([real.Shape[0], model.Generator.Latent], real.DType));
    }
}
