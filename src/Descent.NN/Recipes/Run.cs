using Descent.Tensors;

namespace Descent.NN;

/// <summary>A run folder at work: a recipe's network, data and trainer, resumable at any moment.</summary>
public sealed class Run
{
    /// <summary>Pictures of a section that event files hold at most.</summary>
    const int PicturesLogged = 12;

    readonly RunFolder _folder;
    readonly RecipePlan _plan;
    readonly RunEnvironment _environment = RunEnvironment.Now();

    Run(RunFolder folder, RunConfig config, bool isNew)
    {
        // Everything random follows from the seed: first the weights, then dropout; the order of batches has a stream of its own.
        Generator.ManualSeed(config.Seed);
        _plan = Recipes.Get(config.Model).Prepare(config);
        (_folder, Config) = (folder, config with { Found = _plan.Found });
        if (!isNew && !config.Found.SequenceEqual(_plan.Found))
            throw new InvalidDataException($"The run was made on data of {Show(config.Found)}, but {config.Data ?? "the data made for it"} now has {Show(_plan.Found)}. Go on with the data it was made on.");
        Trainer.Callbacks.Add(new MetricsFile(folder));
        Trainer.Callbacks.Add(new TensorBoardLog(folder, config));
        if (config.KeepBest > 0) Trainer.Callbacks.Add(new BestCheckpoints(folder.Path, config.KeepBest, config.Monitor, config.MonitorGoal));
        if (config.EarlyStop is { } patience) Trainer.Callbacks.Add(new EarlyStopping(config.Monitor, patience, goal: config.MonitorGoal));
        Trainer.CheckpointFile = folder.CheckpointFile;
        if (!isNew && File.Exists(folder.CheckpointFile)) Trainer.Load(folder.CheckpointFile);
    }

    /// <summary>The settings that it was made with.</summary>
    public RunConfig Config { get; }

    /// <summary>Where it writes what it does.</summary>
    public RunFolder Folder => _folder;

    /// <summary>Goes through the data; its state says how far it has come.</summary>
    public Trainer Trainer => _plan.Trainer;

    /// <summary>What is trained on what.</summary>
    public string Description => _plan.Description;

    /// <summary>A command to try on the finished run, or null.</summary>
    public string? Next(string folder) => _plan.Next?.Invoke(folder);

    /// <summary>Starts a run in a new folder.</summary>
    /// <param name="path">The folder; null is the next free one under <c>runs/</c>.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    /// <exception cref="IOException">The data or the folder cannot be had.</exception>
    public static Run Create(string? path, RunConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Recipes.Get(config.Model).CheckAll(config);
        var folder = RunFolder.Create(path, config.Model);
        try
        {
            var run = new Run(folder, config, isNew: true);
            if (run.Trainer.EpochBatches < 1) throw new ArgumentException($"--batch {config.BatchSize} is more than there are training examples.");
            RunFolder.Write(folder.ConfigFile, run.Config.ToJson());
            return run;
        }
        catch
        {
            folder.DeleteIfEmpty();
            throw;
        }
    }

    /// <summary>Goes on with an earlier run, from its last checkpoint or, before the first, from the start.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="epochs">More epochs than the run was made with; schedules then reach over them all.</param>
    /// <param name="steps">More steps, likewise.</param>
    /// <param name="seconds">More seconds.</param>
    /// <exception cref="ArgumentException">The run has no such limit, or a greater one.</exception>
    /// <exception cref="IOException">There is no run in the folder.</exception>
    /// <exception cref="InvalidDataException">Its files are damaged.</exception>
    public static Run Resume(string path, int? epochs = null, long? steps = null, double? seconds = null)
    {
        var folder = RunFolder.Open(path);
        var config = RunConfig.Read(folder);
        Recipes.Get(config.Model).CheckAll(config);
        var limits = config.Training;
        var training = limits with
        {
            Epochs = Raised("epochs", limits.Epochs, epochs), Steps = Raised("steps", limits.Steps, steps), Seconds = Raised("time", limits.Seconds, seconds),
        };
        var run = new Run(folder, config with { Training = training }, isNew: false);
        if (training == limits) return run;
        // Who asks for more of a run that stopped early wants it to go on.
        run.Trainer.State.Stopped = null;
        RunFolder.Write(folder.ConfigFile, run.Config.ToJson());
        return run;
    }

    static T? Raised<T>(string name, T? before, T? now) where T : struct, System.Numerics.INumber<T>
    {
        if (now is { } any && before is null) throw new ArgumentException($"--{name} is {any}, but the run was made without this limit; raise the one that it has.");
        if (now is { } more && before is { } less && more < less)
            throw new ArgumentException($"--{name} is {more}, but the run was made for {less}; only more can be asked for.");
        return now ?? before;
    }

    /// <summary>Trains until a limit is reached or cancellation is asked for; either way the checkpoint is up to date.</summary>
    /// <returns>Whether training is done.</returns>
    public bool Train(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        _environment.Write(_folder);
        return Trainer.Run(progress, cancellation);
    }

    /// <summary>Writes the report and what else belongs to a finished run.</summary>
    public HtmlReport Finish()
    {
        var model = Trainer.Task.Model;
        var report = new HtmlReport($"{Config.Model}: {Description}");
        report.AddFigures(Trainer.State);
        report.AddCurves(Trainer.State);
        model.Eval();
        Trainer.SaveModel(_folder.ModelFile);
        using (Trainer.Average?.SwapIn())
        using (Autograd.NoGrad()) _plan.Report?.Invoke(report, _folder);
        if (Trainer.Profile is { } profile) report.AddColumns("Profile", profile.ToText(model), inTerminal: true);
        report.AddTable("Settings", Config.Table());
        report.AddTable("Environment", _environment.Table());
        report.AddColumns("Model", model.Summary(_plan.Example.Narrow(0, 0, 1)));
        // A file of its own, which TensorBoard shows with the others.
        using (var events = new TensorBoardWriter(_folder.EventsFolder))
            foreach (var group in report.Pictures.GroupBy(p => p.Heading))
                foreach (var (place, (heading, picture)) in group.Take(PicturesLogged).Index())
                    events.Image($"{heading}/{place}", picture, Trainer.State.Step);
        RunFolder.Write(_folder.ReportFile, report.ToHtml());
        return report;
    }

    static string Show(OrderedDictionary<string, string> found) => string.Join(", ", found.Select(f => $"{f.Key} {f.Value}"));

    /// <summary>Keeps metrics.csv up to date.</summary>
    sealed class MetricsFile(RunFolder folder) : ITrainingCallback
    {
        public void OnRow(Trainer trainer, MetricRow row) => folder.WriteMetrics(trainer.State.Rows);
    }
}
