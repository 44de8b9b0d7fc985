using System.Text;
using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class RunTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string At(string name) => Path.Combine(_folder, name);

    static RunConfig Small()
    {
        var config = Recipes.Get("mlp").Defaults();
        config.Settings["images"] = "240";
        return config with { BatchSize = 20, KeepBest = 1, Training = config.Training with { Epochs = 2, Ema = 0.9, Profile = true } };
    }

    Run Finished(string name, RunConfig config)
    {
        var run = Run.Create(At(name), config);
        Assert.True(run.Train());
        run.Finish();
        return run;
    }

    [Fact]
    public void A_finished_run_leaves_all_its_files()
    {
        var run = Finished("run", Small());
        var folder = run.Folder;
        Assert.All((string[])[folder.ConfigFile, folder.EnvironmentFile, folder.CheckpointFile, folder.ModelFile, folder.MetricsFile, folder.ReportFile, folder.SampleFile],
            file => Assert.True(File.Exists(file), file));
        Assert.Equal(2, folder.ReadMetrics().Count);
        Assert.Equal(run.Trainer.State.Rows.Select(r => r["validation_loss"]), folder.ReadMetrics().Select(r => r["validation_loss"]));
        Assert.True(run.Trainer.Task.Model.Load(folder.ModelFile).IsEmpty);
        Assert.Single(Directory.GetFiles(folder.Path, "best-*.safetensors"));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.tmp"));
    }

    [Fact]
    public void The_report_stands_alone_and_has_every_section_for_light_and_dark()
    {
        string html = File.ReadAllText(Finished("run", Small()).Folder.ReportFile);
        Assert.All((string[])["Result", "Curves", "Gradient norm", "Learning rate", "Confusion matrix", "ROC curve", "Precision and recall",
            "Calibration", "Wrong predictions", "Profile", "Settings", "Environment", "Model", "prefers-color-scheme:dark"], part => Assert.Contains(part, html));
        Assert.DoesNotContain("http", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("NaN", html);
    }

    [Fact]
    public void The_event_files_have_sound_checksums_and_curves_histograms_pictures_and_settings()
    {
        var folder = Finished("run", Small()).Folder;
        string all = string.Concat(Directory.GetFiles(folder.EventsFolder).SelectMany(f => EventFile.Read(File.ReadAllBytes(f))).Select(r => Encoding.Latin1.GetString(r.Span)));
        Assert.All((string[])["train_loss", "validation_accuracy", "step/learning_rate", "step/gradient_norm", "1.weight", "_hparams_/session_start_info", "Wrong predictions/0", "\x89PNG"],
            tag => Assert.Contains(tag, all));
    }

    [Fact]
    public void Runs_tell_how_they_did_and_where_they_differ()
    {
        Finished("a", Small());
        Finished("b", Small() with { LearningRate = 0.004 });
        var stopped = Run.Create(At("c"), Small());
        stopped.Train(cancellation: new CancellationToken(canceled: true));
        Directory.CreateDirectory(At("no run"));

        var (runs, unreadable) = RunInfo.List(_folder);
        Assert.Equal(["a", "b", "c"], runs.Select(r => r.Name));
        // The third is not done, and the process that it names, this one, is alive.
        Assert.Equal(["finished", "finished", "running"], runs.Select(r => r.State));
        Assert.Equal("validation_accuracy", runs[0].Best!.Value.Name);
        Assert.Null(runs[2].Best);
        var (setting, values) = Assert.Single(RunInfo.Differences(runs));
        Assert.Equal(("LearningRate", "0.002 0.004 0.002"), (setting, string.Join(' ', values)));
        Assert.Empty(unreadable);
        Assert.Throws<DirectoryNotFoundException>(() => RunInfo.List(At("nowhere")));
    }

    [Fact]
    public void A_run_is_gone_on_with_beyond_its_end_but_not_on_other_data()
    {
        var run = Finished("run", Small());
        Assert.Throws<ArgumentException>(() => Run.Resume(run.Folder.Path, epochs: 1));
        var more = Run.Resume(run.Folder.Path, epochs: 3);
        Assert.True(more.Train());
        Assert.Equal((3, 3), (more.Trainer.State.Epoch, more.Folder.ReadMetrics().Count));

        File.WriteAllText(run.Folder.ConfigFile, File.ReadAllText(run.Folder.ConfigFile).Replace("\"classes\": \"10\"", "\"classes\": \"9\""));
        Assert.Contains("classes 9", Assert.Throws<InvalidDataException>(() => Run.Resume(run.Folder.Path)).Message);
        Assert.Throws<IOException>(() => Run.Create(run.Folder.Path, Small()));
    }

    [Fact]
    public void A_run_predicts_without_its_data_but_does_not_train()
    {
        var run = Finished("run", Small());
        File.WriteAllText(run.Folder.ConfigFile, (run.Config with { Data = At("moved away") }).ToJson());
        Assert.Equal(10, ImageClassifier.Load(run.Folder.Path).Predict(PngImage.Load(run.Folder.SampleFile)).Length);
        Assert.Single(RunInfo.List(run.Folder.Path).Runs);
        Assert.Contains("moved away", Assert.ThrowsAny<IOException>(() => Run.Resume(run.Folder.Path)).Message);
    }

    [Fact]
    public void Settings_that_lack_a_part_or_hold_null_for_one_are_refused()
    {
        var folder = Finished("run", Small()).Folder;
        string config = File.ReadAllText(folder.ConfigFile);
        foreach (string name in (string[])["Version", "Model", "Seed", "BatchSize", "LearningRate", "Optimizer", "WeightDecay", "Monitor", "Training", "Settings", "Found"])
            foreach (bool isNull in (bool[])[false, true])
            {
                var json = System.Text.Json.Nodes.JsonNode.Parse(config)!.AsObject();
                if (isNull) json[name] = null;
                else json.Remove(name);
                File.WriteAllText(folder.ConfigFile, json.ToJsonString());
                Assert.Contains("config.json is damaged", Assert.Throws<InvalidDataException>(() => RunConfig.Read(folder)).Message);
            }
    }

    [Fact]
    public void Damaged_or_newer_settings_are_refused()
    {
        var folder = Finished("run", Small()).Folder;
        string config = File.ReadAllText(folder.ConfigFile);
        Assert.All((string[])[config[..(config.Length / 2)], config.Replace("\"Version\": 2", "\"Version\": 3"), config.Replace("mlp", "mlq"), config.Replace("adamw", "adem"), "null"], text =>
        {
            File.WriteAllText(folder.ConfigFile, text);
            Assert.Throws<InvalidDataException>(() => Run.Resume(folder.Path));
        });
    }

    [Fact]
    public void A_run_that_cannot_be_read_is_named_and_one_from_before_a_setting_has_its_default()
    {
        string good = Finished("good", Small()).Folder.ConfigFile, bad = Finished("bad", Small()).Folder.ConfigFile;
        File.WriteAllText(bad, File.ReadAllText(bad)[..40]);
        File.WriteAllText(good, File.ReadAllText(good).Replace("\"size\": \"32\"", "\"images\": \"300\"", StringComparison.Ordinal));
        Assert.DoesNotContain("\"32\"", File.ReadAllText(good));

        var (runs, unreadable) = RunInfo.List(_folder);
        Assert.Equal(["bad"], unreadable);
        Assert.Equal("32", Assert.Single(runs).Config.Settings["size"]);
    }
}
