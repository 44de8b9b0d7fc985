using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Descent.Cli;

/// <summary><c>descent index info</c>: what an index holds, and what it takes.</summary>
static class IndexInfoVerb
{
    internal static Command Create()
    {
        var file = IndexOptions.Index();
        var json = new Option<bool>("--json") { Description = "Print one JSON object, on one line, in place of text." };
        var command = new VerbCommand("info", "Show what an index holds: its kind, memory, edges, and how much of it searches can reach.", """
            Example:
              descent index info base.index

            """)
        { file, json };
        command.SetVerb((arguments, _) =>
        {
            var given = arguments.GetRequiredValue(file);
            using var index = IndexOptions.Open(given);
            var s = index.Statistics;
            if (arguments.GetValue(json))
            {
                Console.WriteLine(new JsonObject
                {
                    ["kind"] = s.Kind,
                    ["vectors"] = s.Count,
                    ["dimension"] = index.Dimension,
                    ["stored"] = IndexOptions.Describe(index),
                    ["ef"] = index.DefaultEf,
                    ["fileBytes"] = given.Length,
                    ["vectorBytes"] = s.VectorBytes,
                    ["codeBytes"] = s.CodeBytes,
                    ["graphBytes"] = s.GraphBytes,
                    ["averageDegree"] = s.AverageDegree,
                    ["reachable"] = s.Reachable,
                }.ToJsonString());
                return Verb.Success;
            }
            static void Line(string name, string value) => Console.WriteLine($"{name,-12}{value}");
            Line("kind", $"{s.Kind} ({IndexOptions.Describe(index)})");
            Line("vectors", $"{s.Count:N0} of {index.Dimension} elements");
            Line("file", IndexOptions.Megabytes(given.Length));
            Line("memory", $"vectors {IndexOptions.Megabytes(s.VectorBytes)}" + (s.CodeBytes > 0 ? $", codes {IndexOptions.Megabytes(s.CodeBytes)}" : "") + (s.GraphBytes > 0 ? $", graph {IndexOptions.Megabytes(s.GraphBytes)}" : ""));
            if (s.GraphBytes > 0)
            {
                Line("edges", string.Create(CultureInfo.InvariantCulture, $"{s.AverageDegree:F1} of a vector on average"));
                Line("reachable", s.Reachable == s.Count ? "every vector" : $"{s.Reachable:N0} of {s.Count:N0} vectors");
                Line("ef", $"{index.DefaultEf} where a search says no other");
            }
            return Verb.Success;
        });
        return command;
    }
}
