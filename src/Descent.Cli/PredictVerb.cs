using System.CommandLine;
using Descent.NN;
using Descent.Tabular;
using Descent.Tensors.Formats;

namespace Descent.Cli;

/// <summary><c>descent predict</c>: what a trained run sees in pictures, or what a fitted model says of the rows of a table.</summary>
static class PredictVerb
{
    internal static Command Create()
    {
        var model = new Argument<string>("model") { Description = "Run folder of descent train, or model file of descent fit." };
        var files = new Argument<FileInfo[]>("files") { Description = "For a run PNG files; any size, gray or colour. White ink on black, as MNIST has it; dark ink on light paper is turned around. For a model a file of rows.", Arity = ArgumentArity.OneOrMore };
        var top = new Option<int>("--top") { Description = "Classes to print per image.", DefaultValueFactory = _ => 3 };
        var file = new Option<FileInfo?>("--out") { Description = "CSV file to write the rows to, with predictions. [default: the terminal]" };

        var command = new VerbCommand("predict", "Print what a trained run sees in pictures, or what a fitted model says of rows.", """
            Examples:
              descent predict runs/cnn-1 seven.png eight.png
              descent predict churn.descent customers.csv
              descent predict churn.descent customers.csv --out predicted.csv

            """)
        { model, files, top, file };
        command.SetVerb((arguments, cancellation) =>
        {
            string path = arguments.GetRequiredValue(model);
            var given = arguments.GetRequiredValue(files);
            if (Directory.Exists(path)) return Pictures(path, given, Math.Max(1, arguments.GetValue(top)));
            if (given.Length > 1) throw new ArgumentException($"{path} is a model of tables, which takes one file of rows; {given.Length} are given.");
            var pipeline = ModelFile.LoadPipeline(path);
            void Write(Stream stream)
            {
                foreach (var batch in pipeline.PredictBatches(given[0].FullName))
                {
                    cancellation.ThrowIfCancellationRequested();
                    batch.Rows.WriteCsv(stream, batch.IsFirst);
                }
            }
            if (arguments.GetValue(file) is { } target) AtomicFile.Write(target.FullName, Write);
            else
            {
                using var output = Console.OpenStandardOutput();
                Write(output);
            }
            return Verb.Success;
        });
        return command;
    }

    static int Pictures(string folder, FileInfo[] images, int top)
    {
        var classifier = ImageClassifier.Load(folder);
        int exit = Verb.Success;
        foreach (var file in images)
        {
            // One bad picture does not keep the others from their answer.
            int one = Verb.Guard(() =>
            {
                var probabilities = classifier.Predict(PngImage.Load(file.FullName));
                var best = probabilities.Select((p, label) => (p, label)).OrderByDescending(x => x.p).Take(top);
                Console.WriteLine($"{file.Name}: " + string.Join("  ", best.Select(x => $"{classifier.Classes[x.label]} {x.p:P1}")));
                return Verb.Success;
            });
            exit = Math.Max(exit, one);
        }
        return exit;
    }
}
