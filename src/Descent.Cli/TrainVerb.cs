using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Descent.NN;

namespace Descent.Cli;

/// <summary><c>descent train</c>: trains a ready network into a run folder.</summary>
static class TrainVerb
{
    internal static Command Create()
    {
        var model = new Option<string>("--model") { Description = $"Which network: {string.Join(", ", Recipes.Names)}.", DefaultValueFactory = _ => "cnn" };
        var data = new Option<string?>("--data") { Description = "What to learn from. Images: a folder of IDX files (MNIST's names, .gz or not), of CIFAR-10's binary files, or of a folder of .png files for each class. Text: a UTF-8 file, or a folder of *.txt. Without it, digits are drawn or sentences made on the spot." };
        var epochs = new Option<int?>("--epochs") { Description = "Passes over the training data at most." };
        var steps = new Option<long?>("--steps") { Description = "Optimizer steps at most." };
        var time = new Option<TimeSpan?>("--time") { Description = "Time at most, as 0:10:00.", CustomParser = Time, HelpName = "h:mm:ss" };
        var batch = new Option<int?>("--batch") { Description = "Examples of a batch." };
        var rate = new Option<double?>("--lr") { Description = "Peak learning rate." };
        var optimizer = new Option<string?>("--optimizer") { Description = $"One of: {string.Join(", ", OptimizerChoice.Names)}." };
        var decay = new Option<double?>("--weight-decay") { Description = "Pull of the weights towards 0." };
        var accumulate = new Option<int?>("--accumulate") { Description = "Batches whose gradients are added up for one step." };
        var clip = new Option<double?>("--clip") { Description = "Greatest norm of the gradients." };
        var precision = Choice("--precision", "Arithmetic of products: float32, bf16, or fp16 with a scaled loss. Weights are always float32.",
            ("float32", Precision.Float32), ("bf16", Precision.BFloat16), ("fp16", Precision.Float16),
            ("fp32", Precision.Float32), ("bfloat16", Precision.BFloat16), ("float16", Precision.Float16));
        var ema = new Option<double?>("--ema") { Description = "Decay of an exponential average of the weights, which is then validated and kept, as 0.999." };
        var augment = new Option<bool>("--augment") { Description = "Change training images at random, as far as they stay what they are." };
        var stop = new Option<int?>("--early-stop") { Description = "Validations without improvement after which training ends." };
        var best = new Option<int?>("--keep-best") { Description = "How many of the best validations' weights are kept." };
        var monitor = new Option<string?>("--monitor") { Description = "The figure these go by. [default: validation_loss]" };
        var goal = Choice("--goal", "Which of its values are better. [default: min]", ("min", MetricGoal.Min), ("max", MetricGoal.Max));
        var validate = new Option<int?>("--validate-steps") { Description = "Steps between two validations. [default: an epoch]" };
        var seed = new Option<ulong?>("--seed") { Description = "Seed of everything random; the same seed gives the same weights." };
        var threads = ThreadsOption.Create("Threads to use; results do not depend on it. [default: all processors]");
        var trainBatches = new Option<int?>("--limit-train-batches") { Description = "Training batches of an epoch at most." };
        var heldOutBatches = new Option<int?>("--limit-val-batches") { Description = "Batches of a validation at most." };
        var overfit = new Option<int?>("--overfit-batches") { Description = "Train and validate on so many batches alone, which a sound network learns by heart." };
        var find = new Option<bool>("--find-lr") { Description = "Try rising learning rates, and suggest one; nothing is kept." };
        var fast = new Option<bool>("--fast-dev-run") { Description = "One batch of training and of validation: does it run at all? Nothing is kept." };
        var profile = new Option<bool>("--profile") { Description = "Measure where the time goes: phases, modules, operations." };
        var settings = new Option<string[]>("--set") { Description = "A setting of the network as name=value; may be repeated.", AllowMultipleArgumentsPerToken = true };
        var folder = new Option<DirectoryInfo?>("--out") { Description = "Folder for the run. [default: runs/<model>-<n>]" };
        var resume = new Option<DirectoryInfo?>("--resume") { Description = "Run folder to go on with; its own settings are used, --epochs, --steps and --time may be raised." };

        var command = new VerbCommand("train", "Train a network and write a run folder: config.json, checkpoint.safetensors, metrics.csv, report.html, TensorBoard events.", $"""
            Networks:
            {Networks()}

            Examples:
              descent train
              descent train --data ../mnist --model cnn --epochs 10 --out runs/mnist
              descent train --model mlp --set images=3000 --optimizer sgd --lr 0.05 --clip 1
              descent train --precision bf16 --early-stop 2 --keep-best 1
              descent train --model lenet --find-lr
              descent train --resume runs/mnist

            Ctrl-C saves and stops; --resume goes on bit for bit.

            """)
        { model, data, epochs, steps, time, batch, rate, optimizer, decay, accumulate, clip, precision, ema, augment, stop, best, monitor, goal, validate, seed, threads, trainBatches, heldOutBatches, overfit, find, fast, profile, settings, folder, resume };
        command.SetVerb((arguments, cancellation) =>
        {
            ThreadsOption.Apply(arguments.GetValue(threads));
            if (arguments.GetValue(resume) is { } old)
            {
                Option[] raised = [resume, epochs, steps, time, threads];
                if (command.Options.FirstOrDefault(o => !raised.Contains(o) && arguments.GetResult(o) is { Implicit: false }) is { } other)
                    throw new ArgumentException($"{other.Name} cannot be given with --resume: a run goes on with its own settings. Leave it out, or start a new run.");
                return TrainView.Show(Run.Resume(old.FullName, arguments.GetValue(epochs), arguments.GetValue(steps), arguments.GetValue(time)?.TotalSeconds), cancellation);
            }
            if (arguments.GetValue(find)) return InTemporaryFolder(path => TrainView.FindRate(Run.Create(path, Config(arguments))));
            if (arguments.GetValue(fast)) return InTemporaryFolder(path => TrainView.Try(Run.Create(path, Config(arguments)), cancellation));
            return TrainView.Show(Run.Create(arguments.GetValue(folder)?.FullName, Config(arguments)), cancellation);
        });
        return command;

        RunConfig Config(ParseResult arguments)
        {
            string? path = arguments.GetValue(data) switch
            {
                null => null,
                "" => throw new ArgumentException("--data is empty. Name a file or a folder, or leave it out."),
                var given => Path.GetFullPath(given),
            };
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
                    TrainBatches = arguments.GetValue(trainBatches),
                    ValidationBatches = arguments.GetValue(heldOutBatches),
                    OverfitBatches = arguments.GetValue(overfit),
                    FastDevRun = arguments.GetValue(fast),
                    Profile = arguments.GetValue(profile),
                },
            };
        }
    }

    static int InTemporaryFolder(Func<string, int> body)
    {
        var folder = Directory.CreateTempSubdirectory("descent-");
        try
        {
            return body(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A bare number would be days, which nobody means.</summary>
    static TimeSpan? Time(ArgumentResult argument)
    {
        string given = argument.Tokens[0].Value;
        if (given.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(given, CultureInfo.InvariantCulture, out var time)) return time;
        argument.AddError($"--time {given}: expected hours:minutes:seconds, as 0:10:00.");
        return null;
    }

    /// <summary>An option of one of some words; the first word for a value is the one that help shows.</summary>
    static Option<T?> Choice<T>(string name, string description, params (string Word, T Value)[] choices) where T : struct, Enum
    {
        string[] shown = [.. choices.DistinctBy(c => c.Value).Select(c => c.Word)];
        return new(name)
        {
            Description = description,
            HelpName = string.Join('|', shown),
            CustomParser = argument =>
            {
                string given = argument.Tokens[0].Value;
                foreach (var (word, value) in choices)
                    if (word.Equals(given, StringComparison.OrdinalIgnoreCase)) return value;
                argument.AddError($"{name} is {given}; expected {string.Join(", ", shown[..^1])} or {shown[^1]}.");
                return null;
            },
        };
    }

    /// <summary>Recipes that have the same settings stand together, with these once.</summary>
    static string Networks() => string.Join("\n\n", Recipes.All
        .GroupBy(r => string.Join('\n', r.Settings.Select(s => $"    --set {$"{s.Name}={s.Default}",-16} {s.Description}")))
        .Select(g => $"{string.Join('\n', g.Select(r => $"  {r.Name,-12} {r.Description}"))}\n{g.Key}"));
}
