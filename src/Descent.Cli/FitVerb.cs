using System.CommandLine;
using Descent.Tabular;
using Descent.Tensors;
using Descent.Tensors.Formats;
using Spectre.Console;

namespace Descent.Cli;

/// <summary><c>descent fit</c>: a model of a table, and how good it is.</summary>
static class FitVerb
{
    internal static Command Create()
    {
        var data = new Argument<FileInfo?>("data") { Description = "CSV, JSON lines (.jsonl), XLSX or LibSVM (.svm) file. [default: made-up customers, some of whom left]", Arity = ArgumentArity.ZeroOrOne };
        var target = new Option<string?>("--target") { Description = "Column to predict." };
        var model = new Option<string>("--model") { Description = $"auto tries several and takes the best; or one of: {string.Join(", ", LearnerCatalog.All.Select(e => e.Name))}.", DefaultValueFactory = _ => "auto" };
        var settings = new Option<string[]>("--set") { Description = "An option of the model as name=value; may be repeated.", AllowMultipleArgumentsPerToken = true };
        var folds = new Option<int>("--cv") { Description = "Folds of the cross-validation.", DefaultValueFactory = _ => 5 };
        var metric = new Option<string?>("--metric") { Description = "The figure that decides. [default: roc_auc of two classes, log_loss of more, rmse of numbers]" };
        var task = new Option<string?>("--task") { Description = "Take the target for classes or for numbers. [default: found out]", HelpName = "classes|numbers" };
        var groups = new Option<string?>("--groups") { Description = "Column that says which rows belong together, as a customer's: they are never parted between training and test." };
        var time = new Option<string?>("--time") { Description = "Column that says when a row was: tests are then later than what is trained on." };
        var weights = new Option<string?>("--weights") { Description = "Column of the rows' weights." };
        var drop = new Option<string[]>("--drop") { Description = "Columns not to learn from.", AllowMultipleArgumentsPerToken = true };
        var seed = new Option<ulong>("--seed") { Description = "Decides all that is drawn; the same seed gives the same file, byte for byte." };
        var threads = ThreadsOption.Create("Threads to use; results do not depend on it. [default: all processors]");
        var file = new Option<FileInfo?>("--out") { Description = "Model file to write; report.html is put beside it. [default: <data>.descent]" };

        var command = new VerbCommand("fit", "Train a model of a table, and say honestly how good it is.", """
            Examples:
              descent fit
              descent fit houses.csv --target price
              descent fit houses.csv --target price --model boosting --set rounds=300 learning_rate=0.05
              descent fit visits.csv --target cured --groups patient --cv 10 --metric average_precision
              descent fit sales.csv --target sold --time day --out models/sales.descent
              descent fit iris.csv --target kind --model knn --set neighbors=7
              descent fit answers.csv --target relevance --groups query --metric ndcg@10

            A wrong --set names the options there are. Ctrl-C stops, and nothing is written.

            """)
        { data, target, model, settings, folds, metric, task, groups, time, weights, drop, seed, threads, file };
        command.SetVerb((arguments, cancellation) =>
        {
            ThreadsOption.Apply(arguments.GetValue(threads));
            var path = arguments.GetValue(data);
            var table = path is null ? TableData.Churn() : TableData.Read(path.FullName);
            var fit = new TableFit
            {
                Target = arguments.GetValue(target) ?? (path is null ? ChurnTable.Target : throw new ArgumentException($"Which column is to be predicted? Say --target; the columns are: {ListNames(table.Frame)}.")),
                Task = Task(arguments.GetValue(task)),
                Model = arguments.GetRequiredValue(model),
                Settings = [.. (arguments.GetValue(settings) ?? []).Select(Setting)],
                Folds = arguments.GetValue(folds),
                Metric = arguments.GetValue(metric),
                Groups = arguments.GetValue(groups),
                Time = arguments.GetValue(time),
                Weights = arguments.GetValue(weights),
                Drop = [.. arguments.GetValue(drop) ?? []],
                Seed = arguments.GetValue(seed),
            };
            var output = arguments.GetValue(file)?.FullName ?? Path.GetFullPath($"{Path.GetFileNameWithoutExtension(table.Name)}.descent");
            var run = Progress(progress => fit.Run(table, progress, cancellation));
            Console.Write(run.ToText());
            cancellation.ThrowIfCancellationRequested();
            string report = Path.Combine(Path.GetDirectoryName(output)!, "report.html"), shown = Path.GetRelativePath(Environment.CurrentDirectory, output);
            string page = run.ToReport(shown, cancellation).ToHtml();
            Directory.CreateDirectory(Path.GetDirectoryName(output)!);
            run.Save(output);
            Write(report, page);
            Console.WriteLine($"\n{shown} ({new FileInfo(output).Length:N0} bytes), {Path.GetRelativePath(Environment.CurrentDirectory, report)}");
            Console.WriteLine($"use it\n  descent predict {shown} new.csv --out predicted.csv");
            return Verb.Success;
        });
        return command;
    }

    static string ListNames(Frame frame)
    {
        const int Shown = 30;
        return frame.Columns.Length <= Shown ? string.Join(", ", frame.Names) : $"{string.Join(", ", frame.Names.Take(Shown))}, … {frame.Columns.Length} in all";
    }

    static NamedValue Setting(string given) => given.Split('=', 2) is [{ Length: > 0 } name, var value] ? new(name, value) : throw new ArgumentException($"--set {given}: expected name=value.");

    static TargetKind? Task(string? given) => given?.ToLowerInvariant() switch
    {
        null => null,
        "classes" or "class" or "classification" => TargetKind.Class,
        "numbers" or "number" or "regression" => TargetKind.Number,
        _ => throw new ArgumentException($"--task {given}: expected classes or numbers."),
    };

    /// <summary>Writes a page, whole or not at all.</summary>
    internal static void Write(string path, string text) => AtomicFile.Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>A bar in a terminal, nothing elsewhere.</summary>
    static T Progress<T>(Func<IProgress<FitProgress>?, T> work)
    {
        if (!AnsiConsole.Profile.Out.IsTerminal) return work(null);
        return AnsiConsole.Progress().AutoClear(true).Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context =>
            {
                var bar = context.AddTask("looking at the rows", maxValue: 1);
                return work(new Bar(bar));
            });
    }

    /// <summary>Folds end on any thread; the bar takes that.</summary>
    sealed class Bar(ProgressTask task) : IProgress<FitProgress>
    {
        public void Report(FitProgress value)
        {
            task.Value = Math.Max(task.Value, value.Fraction);
            task.Description = Markup.Escape(value.What);
        }
    }
}
