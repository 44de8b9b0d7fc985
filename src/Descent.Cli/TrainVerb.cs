using System.CommandLine;
using Descent.NN;
using Descent.Tensors;

namespace Descent.Cli;

/// <summary><c>descent train</c>: trains a ready network into a run folder.</summary>
static class TrainVerb
{
    internal static Command Create()
    {
        var model = new Option<string>("--model") { Description = $"Which network: {string.Join(", ", Recipes.Names)}.", DefaultValueFactory = _ => "cnn" };
        var data = new Option<string?>("--data") { Description = "What to learn from. Images: a folder of IDX files (MNIST's names, .gz or not), of CIFAR-10's binary files, or of a folder of .png files for each class. Text: a UTF-8 file. Without it, digits are drawn or sentences made on the spot." };
        var epochs = new Option<int?>("--epochs") { Description = "Passes over the training data at most." };
        var steps = new Option<long?>("--steps") { Description = "Optimizer steps at most." };
        var time = new Option<TimeSpan?>("--time") { Description = "Time at most, as 0:10:00." };
        var batch = new Option<int?>("--batch") { Description = "Examples of a batch." };
        var rate = new Option<double?>("--lr") { Description = "Peak learning rate." };
        var optimizer = new Option<string?>("--optimizer") { Description = $"One of: {string.Join(", ", OptimizerChoice.Names)}." };
        var decay = new Option<double?>("--weight-decay") { Description = "Pull of the weights towards 0." };
        var accumulate = new Option<int?>("--accumulate") { Description = "Batches whose gradients are added up for one step." };
        var clip = new Option<double?>("--clip") { Description = "Greatest norm of the gradients." };
        var precision = new Option<Precision?>("--precision")
        {
            Description = "Arithmetic of products: float32, bf16 or fp16 (with a scaled loss). Weights are always float32.",
            HelpName = "precision",
            CustomParser = ParsePrecision,
        };
        var ema = new Option<double?>("--ema") { Description = "Decay of an exponential average of the weights, which is then validated and kept, as 0.999." };
        var augment = new Option<bool>("--augment") { Description = "Change training examples at random." };
        var stop = new Option<int?>("--early-stop") { Description = "Validations without improvement after which training ends." };
        var best = new Option<int?>("--keep-best") { Description = "How many of the best validations' weights are kept." };
        var monitor = new Option<string?>("--monitor") { Description = "The figure these go by. [default: validation_loss]" };
        var goal = new Option<MetricGoal?>("--goal") { Description = "Which of its values are better." };
        var validate = new Option<int?>("--validate-steps") { Description = "Steps between two validations. [default: an epoch]" };
        var seed = new Option<ulong?>("--seed") { Description = "Seed of everything random; the same seed gives the same weights." };
        var threads = new Option<int?>("--threads") { Description = "Threads to use; results do not depend on it. [default: all processors]" };
        var fast = new Option<bool>("--fast-dev-run") { Description = "One batch of training and of validation: does it run at all?" };
        var profile = new Option<bool>("--profile") { Description = "Measure where the time goes: phases, modules, operations." };
        var settings = new Option<string[]>("--set") { Description = "A setting of the network as name=value; may be repeated.", AllowMultipleArgumentsPerToken = true };
        var folder = new Option<DirectoryInfo?>("--out") { Description = "Folder for the run. [default: runs/<model>-<n>]" };
        var resume = new Option<DirectoryInfo?>("--resume") { Description = "Run folder to go on with; its own settings are used, --epochs and --steps may be raised." };

        var command = new Command("train", $"""
            Train a network and write a run folder: config.json, checkpoint.safetensors, metrics.csv,
            report.html, TensorBoard events.

            Networks:
            {string.Join('\n', Recipes.All.Select(Help))}

            Examples:
              descent train
              descent train --data ../mnist --model cnn --epochs 10 --out runs/mnist
              descent train --model mlp --set images=3000 --optimizer sgd --lr 0.05 --clip 1
              descent train --precision bf16 --early-stop 2 --keep-best 1
              descent train --resume runs/mnist

            Ctrl-C saves and stops; --resume goes on bit for bit.
            """)
        { model, data, epochs, steps, time, batch, rate, optimizer, decay, accumulate, clip, precision, ema, augment, stop, best, monitor, goal, validate, seed, threads, fast, profile, settings, folder, resume };
        command.SetVerb((arguments, cancellation) =>
        {
            if (arguments.GetValue(threads) is { } count) Numerics.Threads = count;
            return TrainView.Show(arguments.GetValue(resume) is { } old
                ? Run.Resume(old.FullName, arguments.GetValue(epochs), arguments.GetValue(steps))
                : Run.Create(arguments.GetValue(folder)?.FullName, Config(arguments)), cancellation);
        });
        return command;

        RunConfig Config(ParseResult arguments)
        {
            string? path = arguments.GetValue(data) is { } given ? Path.GetFullPath(given) : null;
            var usual = Recipes.Get(arguments.GetRequiredValue(model)).Defaults(path);
            foreach (string setting in arguments.GetValue(settings) ?? [])
            {
                if (setting.Split('=', 2) is not [var name, var value]) throw new ArgumentException($"--set {setting}: expected name=value.");
                usual.Settings[name] = value;
            }
            // A limit that is given takes the place of the usual one, whatever that is.
            bool limited = arguments.GetValue(epochs) is not null || arguments.GetValue(steps) is not null || arguments.GetValue(time) is not null;
            return usual with
            {
                BatchSize = arguments.GetValue(batch) ?? usual.BatchSize,
                LearningRate = arguments.GetValue(rate) ?? usual.LearningRate,
                Optimizer = arguments.GetValue(optimizer) ?? usual.Optimizer,
                WeightDecay = arguments.GetValue(decay) ?? usual.WeightDecay,
                KeepBest = arguments.GetValue(best) ?? usual.KeepBest,
                EarlyStop = arguments.GetValue(stop) ?? usual.EarlyStop,
                Monitor = arguments.GetValue(monitor) ?? usual.Monitor,
                MonitorGoal = arguments.GetValue(goal) ?? usual.MonitorGoal,
                Augment = arguments.GetValue(augment),
                Seed = arguments.GetValue(seed) ?? usual.Seed,
                Training = usual.Training with
                {
                    Epochs = limited ? arguments.GetValue(epochs) : usual.Training.Epochs,
                    Steps = limited ? arguments.GetValue(steps) : usual.Training.Steps,
                    Seconds = limited ? arguments.GetValue(time)?.TotalSeconds : usual.Training.Seconds,
                    Accumulate = arguments.GetValue(accumulate) ?? usual.Training.Accumulate,
                    ClipNorm = arguments.GetValue(clip) ?? usual.Training.ClipNorm,
                    Ema = arguments.GetValue(ema) ?? usual.Training.Ema,
                    Precision = arguments.GetValue(precision) ?? usual.Training.Precision,
                    ValidateSteps = arguments.GetValue(validate) ?? usual.Training.ValidateSteps,
                    FastDevRun = arguments.GetValue(fast),
                    Profile = arguments.GetValue(profile),
                },
            };
        }
    }

    static string Help(Recipe recipe) => string.Join('\n', [$"  {recipe.Name,-12} {recipe.Description}",
        .. recipe.Settings.Select(s => $"  {"",-12}   --set {s.Name}={s.Default}: {s.Description}")]);

    static Precision? ParsePrecision(System.CommandLine.Parsing.ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        switch (text.ToLowerInvariant())
        {
            case "float32" or "fp32" or "32": return Precision.Float32;
            case "bfloat16" or "bf16": return Precision.BFloat16;
            case "float16" or "fp16" or "half": return Precision.Float16;
            default:
                argument.AddError($"--precision is {text}; expected float32, bf16 or fp16.");
                return null;
        }
    }
}
