using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.Cli.Tests;

public sealed class TrainTests : IDisposable
{
    static readonly string[] s_small = ["--set", "images=1200", "--epochs", "2", "--batch", "16"];

    readonly string _folder = Directory.CreateTempSubdirectory("descent-train-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string At(string name) => Path.Combine(_folder, name);

    void Train(string run, params string[] more)
    {
        var (exit, output, error) = DescentProcess.Run(["train", .. s_small, "--out", At(run), .. more]);
        Assert.True(exit == 0, output + error);
    }

    void AssertSameWeights(string a, string b, string file = "checkpoint.safetensors")
    {
        var (first, second) = (Safetensors.Load(Path.Combine(At(a), file)), Safetensors.Load(Path.Combine(At(b), file)));
        Assert.Equal(first.Keys, second.Keys);
        Assert.Contains(first.Keys, k => k.EndsWith("0.weight", StringComparison.Ordinal));
        foreach (var (name, tensor) in first)
        {
            Assert.True(tensor.AsBytes().SequenceEqual(second[name].AsBytes()), $"{name} differs");
        }
    }

    /// <summary>Kills a process at a moment that a draw decides; what each was killed at differs from machine to machine, what comes out does not.</summary>
    static void RunAndKill(Random random, int least, int most, string[] arguments)
    {
        using var process = DescentProcess.Start(arguments);
        process.WaitForExit(random.Next(least, most));
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    [Fact]
    public void A_run_killed_twenty_times_at_any_moment_ends_with_the_weights_of_an_unbroken_run()
    {
        string[] settings = ["--set", "images=1200", "--epochs", "4", "--batch", "16", "--accumulate", "3", "--ema", "0.9", "--clip", "1", "--augment", "--keep-best", "2"];
        var (first, log, complaint) = DescentProcess.Run(["train", .. settings, "--out", At("unbroken")]);
        Assert.True(first == 0, log + complaint);

        // Before the folder is a run it is made anew; after that, every start goes on from the last checkpoint.
        string[] Go() => File.Exists(Path.Combine(At("killed"), "config.json")) ? ["train", "--resume", At("killed")] : ["train", .. settings, "--out", At("killed")];
        var random = new Random(7);
        for (int kill = 0; kill < 20; kill++) RunAndKill(random, 250, 1500, Go());
        var (exit, output, error) = DescentProcess.Run(Go());
        Assert.True(exit == 0, output + error);

        AssertSameWeights("unbroken", "killed");
        AssertSameWeights("unbroken", "killed", "model.safetensors");
        string[] unbroken = Rows("unbroken"), killed = Rows("killed");
        Assert.Equal(4, unbroken.Length);
        Assert.Equal(unbroken, killed);
        Assert.Equal(Best("unbroken"), Best("killed"));

        // All but the seconds.
        string[] Rows(string run) => [.. File.ReadAllLines(Path.Combine(At(run), "metrics.csv")).Skip(1).Select(line => string.Join(',', line.Split(',').Where((_, i) => i != 2)))];
        string[] Best(string run) => [.. Directory.GetFiles(At(run), "best-*.safetensors").Select(f => Path.GetFileName(f)!).Order()];
    }

    [Fact]
    public void Narrow_products_train_as_well_as_float32_to_half_a_percent()
    {
        string[] settings = ["--set", "images=3000", "--epochs", "3"];
        double Accuracy(string precision)
        {
            var (exit, output, error) = DescentProcess.Run(["train", .. settings, "--precision", precision, "--out", At(precision)]);
            Assert.True(exit == 0, output + error);
            string[][] cells = [.. File.ReadAllLines(Path.Combine(At(precision), "metrics.csv")).Select(line => line.Split(','))];
            return double.Parse(cells[^1][Array.IndexOf(cells[0], "validation_accuracy")], System.Globalization.CultureInfo.InvariantCulture);
        }
        double full = Accuracy("float32");
        Assert.True(full > 0.97, $"{full}");
        Assert.InRange(Accuracy("bfloat16"), full - 0.005, full + 0.005);
        Assert.InRange(Accuracy("float16"), full - 0.005, full + 0.005);
    }

    [Fact]
    public void Runs_are_listed_with_how_they_did_and_where_they_differ()
    {
        Train("a", "--model", "mlp");
        Train("b", "--model", "mlp", "--lr", "0.004", "--precision", "bfloat16");
        var (exit, output, error) = DescentProcess.Run("runs", _folder, "--sort", "name");
        Assert.True(exit == 0, error);
        string[] lines = output.ReplaceLineEndings("\n").Split('\n');
        Assert.Matches(@"^a +mlp +\d+ +validation_accuracy \d+\.\d+ % +0:\d\d:\d\d +finished$", lines[1]);
        Assert.Matches(@"^LearningRate +0\.002 +0\.004$", lines.Single(l => l.StartsWith("LearningRate", StringComparison.Ordinal)));
        Assert.Matches(@"^Training\.Precision +Float32 +BFloat16$", lines.Single(l => l.StartsWith("Training.Precision", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit_of_the_weights()
    {
        Train("one", "--threads", "1");
        Train("three", "--threads", "3");
        AssertSameWeights("one", "three");
    }

    [Fact]
    public void A_finished_run_predicts_its_sample_and_shows_its_report()
    {
        Train("run", "--model", "mlp");
        string report = File.ReadAllText(Path.Combine(At("run"), "report.html"));
        Assert.Contains("<svg", report);
        Assert.Contains("Confusion matrix", report);
        Assert.DoesNotContain("http", report);

        var (exit, output, error) = DescentProcess.Run("predict", At("run"), Path.Combine(At("run"), "sample.png"), At("none.png"));
        Assert.Equal(2, exit);
        Assert.Matches(@"sample\.png: \d \d+\.\d", output);
        Assert.Single(error.Trim().Split('\n'));
        Assert.Contains("none.png", error);
    }

    public static TheoryData<string[], string> BadInputs => new()
    {
        { ["train", "--data", "nowhere"], "nowhere" },
        { ["train", "--model", "cnm"], "cnn, mlp" },
        { ["train", "--epochs", "0"], "epochs is 0" },
        { ["train", "--batch", "1"], "--batch is 1" },
        { ["train", "--lr", "-1"], "--lr is -1" },
        { ["train", "--set", "images=60", "--batch", "64"], "training examples" },
        { ["train", "--set", "layers=4"], "cnn has: images" },
        { ["train", "--optimizer", "adem"], "adamw" },
        { ["train", "--ema", "1"], "ema is 1" },
        { ["train", "--keep-best", "-1"], "--keep-best is -1" },
        { ["runs", "nowhere"], "nowhere" },
        { ["runs", "--sort", "colour"], "name, model" },
        { ["train", "--resume", "nowhere"], "nowhere" },
        { ["train", "--threads", "0"], "from 1 to 1024." },
        { ["train", "--precision", "fp8"], "float32, bf16 or fp16" },
        { ["train", "--time", "10"], "0:10:00" },
        { ["train", "--lr", "fast"], "argument 'fast' for option '--lr'; expected a number." },
        { ["train", "--colour", "red"], "--colour" },
        { ["train", "--resume", "nowhere", "--lr", "0.1"], "--lr cannot be given with --resume" },
        { ["predict", "nowhere", "x.png"], "nowhere" },
        { ["predict", "nowhere"], "'files' missing" },
        { ["export", "nowhere", "--out", "model"], "give it one, or --format; the formats are: onnx" },
        { ["export", "nowhere", "--out", "model.onnx"], "nowhere" },
        { ["train", "--data", ""], "--data is empty" },
        { ["paint"], "paint" },
    };

    [Theory, MemberData(nameof(BadInputs))]
    public void Bad_input_is_one_clear_line_and_exit_code_2(string[] arguments, string says)
    {
        string[] whole = arguments is ["train", ..] && !arguments.Contains("--resume") ? [.. arguments, "--out", At("bad")] : arguments;
        var (exit, _, error) = DescentProcess.Run(whole);
        Assert.Equal(2, exit);
        Assert.StartsWith("descent: ", error);
        Assert.Single(error.Trim().Split('\n'));
        Assert.Contains(says, error);
        Assert.False(Directory.Exists(At("bad")));
    }

    [Fact]
    public void Trying_one_batch_and_finding_a_rate_keep_nothing()
    {
        string[] small = ["--model", "mlp", "--set", "images=300", "--out", At("run")];
        var (exit, output, error) = DescentProcess.Run(["train", "--fast-dev-run", .. small]);
        Assert.True(exit == 0, error);
        Assert.Contains("nothing is kept", output);
        (exit, output, error) = DescentProcess.Run(["train", "--find-lr", .. small]);
        Assert.True(exit == 0, error);
        Assert.Matches(@"try --lr \d\.\dE-\d", output);
        Assert.False(Directory.Exists(At("run")));
    }

    [Fact]
    public void A_run_that_stopped_early_goes_on_where_more_is_asked_for()
    {
        Train("run", "--model", "mlp", "--early-stop", "1", "--monitor", "validation_loss", "--goal", "max");
        int Rows() => File.ReadAllLines(Path.Combine(At("run"), "metrics.csv")).Length - 1;
        int before = Rows();
        var (exit, output, error) = DescentProcess.Run("train", "--resume", At("run"), "--epochs", "5");
        Assert.True(exit == 0, output + error);
        Assert.True(Rows() > before, output);
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused_and_kept()
    {
        Train("run", "--model", "mlp");
        string file = Path.Combine(At("run"), "checkpoint.safetensors");
        byte[] whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, whole[..(whole.Length / 2)]);
        var (exit, _, error) = DescentProcess.Run("train", "--resume", At("run"), "--epochs", "3");
        Assert.Equal(2, exit);
        Assert.Single(error.Trim().Split('\n'));
        Assert.Equal(whole.Length / 2, new FileInfo(file).Length);
    }
}
