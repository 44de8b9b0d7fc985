using System.CommandLine;
using Descent.NN;

namespace Descent.Cli;

/// <summary><c>descent predict</c>: class probabilities of pictures by a trained run.</summary>
static class PredictVerb
{
    internal static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("run") { Description = "Run folder of descent train." };
        var images = new Argument<FileInfo[]>("images") { Description = "PNG files; any size, gray or colour. White ink on black, as MNIST has it; dark ink on light paper is turned around.", Arity = ArgumentArity.OneOrMore };
        var top = new Option<int>("--top") { Description = "Classes to print per image.", DefaultValueFactory = _ => 3 };

        var command = new VerbCommand("predict", "Print what a trained run sees in pictures.", """
            Example:
              descent predict runs/cnn-1 seven.png eight.png

            """)
        { folder, images, top };
        command.SetVerb((arguments, _) =>
        {
            var classifier = ImageClassifier.Load(arguments.GetRequiredValue(folder).FullName);
            int exit = Verb.Success;
            foreach (var file in arguments.GetRequiredValue(images))
            {
                // One bad picture does not keep the others from their answer.
                int one = Verb.Guard(() =>
                {
                    var probabilities = classifier.Predict(PngImage.Load(file.FullName));
                    var best = probabilities.Select((p, label) => (p, label)).OrderByDescending(x => x.p).Take(Math.Max(1, arguments.GetValue(top)));
                    Console.WriteLine($"{file.Name}: " + string.Join("  ", best.Select(x => $"{classifier.Classes[x.label]} {x.p:P1}")));
                    return Verb.Success;
                });
                exit = Math.Max(exit, one);
            }
            return exit;
        });
        return command;
    }
}
