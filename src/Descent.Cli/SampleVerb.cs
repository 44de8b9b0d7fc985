using System.CommandLine;
using Descent.NN;

namespace Descent.Cli;

/// <summary><c>descent sample</c>: text from a trained language model.</summary>
static class SampleVerb
{
    internal static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("run") { Description = "Run folder of descent train." };
        var prompt = new Option<string>("--prompt") { Description = "The beginning of the text.", DefaultValueFactory = _ => "" };
        var tokens = new Option<int>("--tokens") { Description = "Characters to write.", DefaultValueFactory = _ => 300 };
        var temperature = new Option<double>("--temperature") { Description = "Below 1 the likely becomes likelier; 0 always takes the likeliest.", DefaultValueFactory = _ => 0.8 };
        var topK = new Option<int?>("--top-k") { Description = "Draw from so many of the likeliest characters only." };
        var topP = new Option<double?>("--top-p") { Description = "Draw from the likeliest characters only that together have this probability." };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the draws; the same seed gives the same text.", DefaultValueFactory = _ => 1 };

        var command = new VerbCommand("sample", "Write text by a trained language model.", """
            Example:
              descent sample runs/char-gpt-1 --prompt "ROMEO:" --tokens 300

            """)
        { folder, prompt, tokens, temperature, topK, topP, seed };
        command.SetVerb((arguments, cancellation) =>
        {
            string start = arguments.GetRequiredValue(prompt);
            var text = TextGenerator.Load(arguments.GetRequiredValue(folder).FullName).Write(start, new()
            {
                Temperature = arguments.GetValue(temperature),
                TopK = arguments.GetValue(topK),
                TopP = arguments.GetValue(topP),
                Seed = arguments.GetValue(seed),
            });
            Console.Write(start);
            foreach (string character in text.Take(arguments.GetValue(tokens)))
            {
                if (cancellation.IsCancellationRequested) break;
                Console.Write(character);
            }
            Console.WriteLine();
            return Verb.Success;
        });
        return command;
    }
}
