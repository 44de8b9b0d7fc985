using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class GenerativeRecipeTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-recipes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string At(string name) => Path.Combine(_folder, name);

    static RunConfig Small(string model, params (string Name, string Value)[] settings)
    {
        var config = Recipes.Get(model).Defaults() with { BatchSize = 10 };
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("images", "120"), .. settings]) config.Settings[name] = value;
        return config with { Training = new() { Epochs = 2 } };
    }

    public static TheoryData<string, (string, string)[], string[]> Models => new()
    {
        { "autoencoder", [("width", "2")], ["originals", "reconstructions"] },
        { "vae", [("hidden", "16")], ["samples", "originals", "reconstructions"] },
        { "dcgan", [("width", "2")], ["samples", "originals"] },
    };

    [Theory, MemberData(nameof(Models))]
    public void A_run_broken_off_and_resumed_ends_as_an_unbroken_one_and_shows_its_pictures(string model, (string, string)[] settings, string[] pictures)
    {
        var unbroken = Run.Create(At("unbroken"), Small(model, settings));
        Assert.True(unbroken.Train());
        unbroken.Finish();
        foreach (string name in pictures)
        {
            var grid = PngImage.Load(Path.Combine(At("unbroken"), $"{name}.png"));
            Assert.Equal(8 * 30 - 2, grid.Width);
            Assert.InRange(grid.Pixels.Max() - grid.Pixels.Min(), 1, 255);
        }
        Assert.Contains("data:image/png;base64,", File.ReadAllText(unbroken.Folder.ReportFile));

        var broken = Run.Create(At("broken"), Small(model, settings));
        using (var source = new CancellationTokenSource())
            Assert.False(broken.Train(new Until(p => p.Step == 7, source), source.Token));
        var resumed = Run.Resume(At("broken"));
        Assert.True(resumed.Train());
        var (want, got) = (unbroken.Trainer.Task.Model.StateDict(), resumed.Trainer.Task.Model.StateDict());
        Assert.All(want.Keys, key => Assert.Null(Testing.TensorComparer.Difference(got[key], want[key], 0, 0)));
    }

    sealed class Until(Func<TrainingProgress, bool> reached, CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (reached(value)) source.Cancel();
        }
    }
}
