using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Descent.Tensors;

namespace Descent.Cli;

/// <summary><c>descent info</c>: what this machine can do, and which kernels are chosen for it.</summary>
static class InfoVerb
{
    internal static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object, on one line, instead of text." };
        var command = new VerbCommand("info", "Measure this machine and show which kernels it gets.", """
            Examples:
              descent info
              descent info --json
              DESCENT_ISA=avx2 DESCENT_THREADS=1 descent info

            """)
        { json };
        command.SetVerb((arguments, cancellation) =>
        {
            var profile = new Background(cancellation).Run("measuring", MachineProfile.Measure);
            Console.WriteLine(arguments.GetValue(json) ? Json(profile) : Text(profile));
            return Verb.Success;
        });
        return command;
    }

    static string Text(MachineProfile p)
    {
        static string Line(string name, string value) => $"{name,-16}{value}\n";
        static string Pair((double One, double All) rate, string unit) => string.Create(CultureInfo.InvariantCulture, $"{rate.One / 1e9:F0} {unit} on one thread, {rate.All / 1e9:F0} on all");
        string text = Line("processor", $"{p.Processor}, {p.Cores} cores")
            + Line("threads", $"{p.Threads}")
            + Line("kernels", p.Tier == p.Best ? $"{Name(p.Tier)}" : $"{Name(p.Tier)}, capped; the machine has {Name(p.Best)}")
            + Line("instructions", p.Instructions.Count > 0 ? string.Join(", ", p.Instructions) : "none that kernels are made for")
            + (p.Refusal is null ? "" : Line("code", p.Refusal))
            + (p.TileFault is null ? "" : Line("tiles", p.TileFault))
            + Line("bfloat16", p.NarrowProducts)
            + Line("caches", string.Join(", ", p.Caches.Select((bytes, i) => $"L{i + 1} {Bytes(bytes)}")))
            + Line("multiply-adds", Pair(p.MultiplyAdds, "GFLOP/s"))
            + Line("memory", Pair(p.Memory, "GB/s"))
            + Line("reads", string.Join(", ", p.Reads.Select(r => string.Create(CultureInfo.InvariantCulture, $"{Bytes(r.Bytes)} {r.Rate / 1e9:F0} GB/s"))))
            + Line("fork and join", string.Create(CultureInfo.InvariantCulture, $"{p.ForkJoin * 1e6:F1} µs"))
            + (p.Threads == 1 ? "" : Line("sharing", string.Create(CultureInfo.InvariantCulture, $"{p.Sharing * 1e6:F1} µs, worth it from {p.LeastShared:N0} multiply-adds")))
            + "products: threads, time predicted by these figures and measured, way\n";
        foreach (var c in p.Products)
            text += string.Create(CultureInfo.InvariantCulture, $"  {Shape(c),-24}{c.Threads,2}{Time(c.Predicted),11}{Time(c.Measured),11}  ")
                + $"{string.Join("; ", new[] { c.Path, c.Tile.Length > 0 ? $"tile {c.Tile}" : "", c.Blocks }.Where(x => x.Length > 0))}\n";
        text += "convolutions, forward\n";
        foreach (var c in p.Convolutions)
            text += $"  {c.Shape,-37}{c.Path}\n";
        return text.TrimEnd();
    }

    static string Json(MachineProfile p) => new JsonObject
    {
        ["processor"] = p.Processor,
        ["cores"] = p.Cores,
        ["threads"] = p.Threads,
        ["tier"] = Name(p.Tier),
        ["best"] = Name(p.Best),
        ["instructions"] = new JsonArray([.. p.Instructions.Select(i => (JsonNode)i)]),
        ["refusal"] = p.Refusal,
        ["tileFault"] = p.TileFault,
        ["bfloat16"] = p.NarrowProducts,
        ["caches"] = new JsonArray([.. p.Caches.Select(b => (JsonNode)b)]),
        ["flops"] = Rates(p.MultiplyAdds),
        ["memory"] = Rates(p.Memory),
        ["reads"] = new JsonArray([.. p.Reads.Select(r => new JsonObject { ["bytes"] = r.Bytes, ["rate"] = Math.Round(r.Rate) })]),
        ["forkJoin"] = p.ForkJoin,
        ["sharing"] = p.Sharing,
        ["leastShared"] = p.LeastShared,
        ["convolutions"] = new JsonArray([.. p.Convolutions.Select(c => new JsonObject { ["shape"] = c.Shape, ["path"] = c.Path })]),
        ["products"] = new JsonArray([.. p.Products.Select(c => new JsonObject
        {
            ["m"] = c.M, ["k"] = c.K, ["n"] = c.N, ["transposed"] = c.IsTransposed, ["path"] = c.Path, ["tile"] = c.Tile, ["blocks"] = c.Blocks,
            ["threads"] = c.Threads, ["predicted"] = c.Predicted, ["measured"] = c.Measured,
        })]),
    }.ToJsonString();

    static JsonObject Rates((double One, double All) rate) => new() { ["one"] = Math.Round(rate.One), ["all"] = Math.Round(rate.All) };

    static string Shape(ProductChoice c) => $"{c.M}x{c.K}x{c.N}{(c.IsTransposed ? " transposed" : "")}";

    static string Time(double seconds) => seconds < 1e-3 ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:F2} µs") : string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:F1} ms");

    static string Name(IsaTier tier) => tier.ToString().ToLowerInvariant();

    static string Bytes(long bytes) => bytes >= 1 << 20 ? $"{bytes >> 20} MiB" : $"{bytes >> 10} KiB";
}
