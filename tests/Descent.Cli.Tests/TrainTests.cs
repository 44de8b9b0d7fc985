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

    void AssertSameWeights(string a, string b)
    {
        var (first, second) = (Safetensors.Load(Path.Combine(At(a), "checkpoint.safetensors")), Safetensors.Load(Path.Combine(At(b), "checkpoint.safetensors")));
        Assert.Equal(first.Keys, second.Keys);
        Assert.Contains("model.0.weight", first.Keys);
        foreach (var (name, tensor) in first)
        {
            Assert.True(Bits(tensor).AsSpan().SequenceEqual(Bits(second[name])), $"{name} differs");
        }

        static byte[] Bits(Tensor x) => x.DType switch
        {
            DType.Float32 => System.Runtime.InteropServices.MemoryMarshal.AsBytes(x.ToArray<float>().AsSpan()).ToArray(),
            DType.Int64 => System.Runtime.InteropServices.MemoryMarshal.AsBytes(x.ToArray<long>().AsSpan()).ToArray(),
            var other => throw new NotSupportedException($"a checkpoint of {other}"),
        };
    }

    [Fact]
    public void A_run_killed_at_any_moment_and_resumed_ends_with_the_weights_of_an_unbroken_run()
    {
        Train("unbroken");
        var random = new Random(7);
        for (int kill = 0; kill < 4; kill++)
        {
            using var process = DescentProcess.Start(Go());
            process.WaitForExit(random.Next(250, 1800));
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
        var (exit, output, error) = DescentProcess.Run(Go());
        Assert.True(exit == 0, output + error);
        AssertSameWeights("unbroken", "killed");
        Assert.Equal(3, File.ReadAllLines(Path.Combine(At("killed"), "metrics.csv")).Length);

        // Killed before the folder was a run, it is started again.
        string[] Go() => File.Exists(Path.Combine(At("killed"), "config.json"))
            ? ["train", "--resume", At("killed")]
            : ["train", .. s_small, "--out", At("killed")];
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
        { ["train", "--threads", "0"], "Threads is 0" },
        { ["train", "--resume", "nowhere"], "nowhere" },
        { ["predict", "nowhere", "x.png"], "nowhere" },
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
