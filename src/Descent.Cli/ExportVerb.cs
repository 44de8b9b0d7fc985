using System.CommandLine;
using Descent.NN;

namespace Descent.Cli;

/// <summary><c>descent export</c>: a trained network as a file for other programs.</summary>
static class ExportVerb
{
    internal static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("run") { Description = "Run folder of descent train." };
        var file = new Option<FileInfo>("--out") { Description = "The file to write.", Required = true };
        var format = new Option<string?>("--format") { Description = $"One of {string.Join(", ", RunExport.Formats)}. [default: the ending of --out]" };

        var command = new VerbCommand("export", "Write the network of a run for other programs: as ONNX, or its weights as safetensors or for PyTorch.", """
            Examples:
              descent export runs/cnn-1 --out cnn.onnx
              descent export runs/char-gpt-1 --format pt --out weights.pt

            """)
        { folder, file, format };
        command.SetVerb((arguments, _) =>
        {
            var target = arguments.GetRequiredValue(file);
            RunExport.Write(arguments.GetRequiredValue(folder).FullName, arguments.GetValue(format) ?? target.Extension.TrimStart('.'), target.FullName);
            Console.WriteLine($"{target.Name}: {new FileInfo(target.FullName).Length:N0} bytes");
            return Verb.Success;
        });
        return command;
    }
}
