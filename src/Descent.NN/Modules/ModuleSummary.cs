using System.Globalization;
using System.Text;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>The table of a module's layers.</summary>
static class ModuleSummary
{
    [ThreadStatic] static Dictionary<Module, Observation>? t_seen;

    /// <summary>Whether a table is being made on this thread.</summary>
    internal static bool IsOn => t_seen is not null;

    readonly record struct Observation(Shape Gives, long Flops);

    /// <summary>A module that runs several times gives its last shape and takes the operations of all runs.</summary>
    internal static void Observe(Module module, Tensor y, long flops)
    {
        if (t_seen is { } seen) seen[module] = new(y.Shape, seen.GetValueOrDefault(module).Flops + flops);
    }

    internal static string Print(Module module, Action? forward)
    {
        var seen = forward is null ? null : Run(module, forward);
        string[] columns = seen is null ? ["layer", "parameters"] : ["layer", "gives", "parameters", "FLOPs"];
        var rows = new List<string[]> { columns };
        foreach (var (name, m) in module.NamedModules())
        {
            long own = OwnTensors(m).OfType<Parameter>().Sum(p => (long)p.Elements);
            string indent = new(' ', 2 * name.Count(c => c == '.') + (name.Length > 0 ? 2 : 0));
            string layer = $"{indent}{(name.Length > 0 ? $"{name}: " : "")}{m.GetType().Name}";
            if (seen is null) rows.Add([layer, Number(own)]);
            else if (seen.TryGetValue(m, out var observed)) rows.Add([layer, observed.Gives.ToString(), Number(own), Number(observed.Flops)]);
            else rows.Add([layer, "", Number(own), ""]);
        }

        int[] widths = [.. columns.Select((_, column) => rows.Max(r => r[column].Length))];
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            // Words stand to the left of their column, numbers to the right.
            var cells = row.Select((cell, column) => columns[column] is "layer" or "gives" ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }
        var parameters = module.Parameters().ToArray();
        long all = parameters.Sum(p => (long)p.Elements), trained = parameters.Where(p => p.RequiresGrad).Sum(p => (long)p.Elements);
        long bytes = parameters.Sum(p => (long)p.Elements * p.DType.Size);
        text.Append($"{Group(all)} parameters, {Group(trained)} of them trained, {Group(bytes)} bytes");
        if (seen is not null) text.Append($"; {Group(seen.Values.Sum(o => o.Flops))} FLOPs");
        return text.Append('\n').ToString();
    }

    static Dictionary<Module, Observation> Run(Module module, Action forward)
    {
        var modes = module.NamedModules().Select(m => (m.Module, m.Module.IsTraining)).ToArray();
        var seen = t_seen = new(ReferenceEqualityComparer.Instance);
        try
        {
            module.Eval();
            using var _ = Autograd.NoGrad();
            forward();
        }
        finally
        {
            t_seen = null;
            foreach (var (m, isTraining) in modes) m.IsTraining = isTraining;
        }
        return seen;
    }

    static string Number(long number) => number > 0 ? Group(number) : "";

    static IEnumerable<Tensor> OwnTensors(Module module) =>
        ModuleFields.Of(module).Tensors.Select(f => f.Get(module)).OfType<Tensor>();

    static string Group(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
