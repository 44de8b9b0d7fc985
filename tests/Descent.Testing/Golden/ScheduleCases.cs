using System.Text.Json;
using Descent.NN;
using Descent.Tensors;
using Xunit;

namespace Descent.Testing;

/// <summary>Learning rates, and momenta where they are cycled, after each step of a schedule.</summary>
static class ScheduleCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new string[]
    {
        "StepLR", "MultiStepLR", "ExponentialLR", "ConstantLR", "LinearLR", "PolynomialLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts",
        "OneCycleLR", "CyclicLR", "ReduceLROnPlateau", "SequentialLR",
    }.ToDictionary(op => op, op => (Func<GoldenCall, GoldenOutputs>)(c => Rates(c, op)));

    static GoldenOutputs Rates(GoldenCall c, string op)
    {
        var optimizer = new SGD([new Parameter(Tensor.Zeros(1))], c.Double("opt_lr"), c.Double("opt_momentum", 0));
        var schedule = Make(op, c.Case.Args, optimizer);
        List<double> rates = [], momenta = [];
        for (int step = 0; step <= c.Int("steps"); step++)
        {
            if (step > 0 && schedule is ReduceLROnPlateau plateau) plateau.Step(c["metrics"].Select(0, step - 1).Item());
            else if (step > 0) schedule.Step();
            rates.Add(optimizer.Groups[0].LearningRate);
            momenta.Add(optimizer.Groups[0].Momentum);
            Assert.Equal(rates[^1], schedule.LastLearningRates[0]);
        }
        var outputs = new GoldenOutputs { ["lr"] = Tensor.From(rates.ToArray()) };
        if (c.Case.Outputs.ContainsKey("momentum")) outputs["momentum"] = Tensor.From(momenta.ToArray());
        return outputs;
    }

    static LRScheduler Make(string op, JsonElement args, Optimizer optimizer)
    {
        return op switch
        {
            "StepLR" => new StepLR(optimizer, Int("step_size"), Number("gamma", 0.1)),
            "MultiStepLR" => new MultiStepLR(optimizer, Ints("milestones"), Number("gamma", 0.1)),
            "ExponentialLR" => new ExponentialLR(optimizer, Number("gamma", 1)),
            "ConstantLR" => new ConstantLR(optimizer, Number("factor", 1.0 / 3), Int("total_iters", 5)),
            "LinearLR" => new LinearLR(optimizer, Number("start_factor", 1.0 / 3), Number("end_factor", 1), Int("total_iters", 5)),
            "PolynomialLR" => new PolynomialLR(optimizer, Int("total_iters", 5), Number("power", 1)),
            "CosineAnnealingLR" => new CosineAnnealingLR(optimizer, Int("T_max"), Number("eta_min", 0)),
            "CosineAnnealingWarmRestarts" => new CosineAnnealingWarmRestarts(optimizer, Int("T_0"), Int("T_mult", 1), Number("eta_min", 0)),
            "OneCycleLR" => new OneCycleLR(optimizer, Number("max_lr", 0), Has("total_steps") ? Int("total_steps") : Int("epochs") * Int("steps_per_epoch"),
                Number("pct_start", 0.3), Text("anneal_strategy", "cos") == "cos" ? Annealing.Cosine : Annealing.Linear, Flag("cycle_momentum", true),
                Number("base_momentum", 0.85), Number("max_momentum", 0.95), Number("div_factor", 25), Number("final_div_factor", 1e4), Flag("three_phase", false)),
            "CyclicLR" => new CyclicLR(optimizer, Number("base_lr", 0), Number("max_lr", 0), Int("step_size_up", 2000), Has("step_size_down") ? Int("step_size_down") : null,
                Text("mode", "triangular") switch { "triangular" => CyclicMode.Triangular, "triangular2" => CyclicMode.Triangular2, _ => CyclicMode.ExpRange },
                Number("gamma", 1), Flag("cycle_momentum", true), Number("base_momentum", 0.8), Number("max_momentum", 0.9)),
            "ReduceLROnPlateau" => new ReduceLROnPlateau(optimizer, Text("mode", "min") == "max", Number("factor", 0.1), Int("patience", 10), Number("threshold", 1e-4),
                Text("threshold_mode", "rel") == "rel", Int("cooldown", 0), [Number("min_lr", 0)], Number("eps", 1e-8)),
            "SequentialLR" => new SequentialLR(args.GetProperty("schedulers").EnumerateArray().Select(s => Make(s.GetProperty("op").GetString()!, s, optimizer)).ToArray(), Ints("milestones")),
            _ => throw new NotSupportedException($"There is no schedule '{op}'."),
        };

        bool Has(string name) => args.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;
        double Number(string name, double missing) => Has(name) ? args.GetProperty(name).GetDouble() : missing;
        int Int(string name, int? missing = null) => Has(name) ? (int)args.GetProperty(name).GetDouble() : missing ?? throw new KeyNotFoundException(name);
        int[] Ints(string name) => [.. args.GetProperty(name).EnumerateArray().Select(v => v.GetInt32())];
        bool Flag(string name, bool missing) => Has(name) ? args.GetProperty(name).GetBoolean() : missing;
        string Text(string name, string missing) => Has(name) ? args.GetProperty(name).GetString()! : missing;
    }
}
