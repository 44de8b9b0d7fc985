using System.Globalization;
using System.Text;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>The table of a module's layers.</summary>
static class ModuleSummary
{
    [ThreadStatic] static Dictionary<Module, Shape>? t_shapes;

    internal static void Observe(Module module, Tensor y)
    {
        if (t_shapes is { } shapes) shapes[module] = y.Shape;
    }

    internal static string Print(Module module, Shape? inputShape)
    {
        var shapes = inputShape is { } shape ? Run(module, shape) : [];
        var rows = new List<string[]> { new[] { "layer", "gives", "parameters" } };
        foreach (var (name, m) in module.NamedModules())
        {
            long own = OwnTensors(m).OfType<Parameter>().Sum(p => (long)p.Elements);
            string indent = new(' ', 2 * name.Count(c => c == '.') + (name.Length > 0 ? 2 : 0));
            rows.Add([$"{indent}{(name.Length > 0 ? $"{name}: " : "")}{m.GetType().Name}",
                shapes.TryGetValue(m, out var y) ? y.ToString() : "", own > 0 ? Group(own) : ""]);
        }

        int[] widths = [.. Enumerable.Range(0, 3).Select(column => rows.Max(r => r[column].Length))];
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            string left = inputShape is null ? row[0].PadRight(widths[0]) : $"{row[0].PadRight(widths[0])}  {row[1].PadRight(widths[1])}";
            text.Append($"{left}  {row[2].PadLeft(widths[2])}".TrimEnd()).Append('\n');
        }
        var parameters = module.Parameters().ToArray();
        long all = parameters.Sum(p => (long)p.Elements), trained = parameters.Where(p => p.RequiresGrad).Sum(p => (long)p.Elements);
        long bytes = parameters.Sum(p => (long)p.Elements * p.DType.Size);
        text.Append($"{Group(all)} parameters, {Group(trained)} of them trained, {Group(bytes)} bytes\n");
        return text.ToString();
    }

    static Dictionary<Module, Shape> Run(Module module, Shape inputShape)
    {
        var dtype = module.Parameters().FirstOrDefault()?.DType ?? Tensor.DefaultDType;
        var modes = module.NamedModules().Select(m => (m.Module, m.Module.IsTraining)).ToArray();
        var shapes = t_shapes = new(ReferenceEqualityComparer.Instance);
        try
        {
            module.Eval();
            using var _ = Autograd.NoGrad();
            Observe(module, module.Forward(Tensor.Zeros(inputShape, dtype)));
        }
        finally
        {
            t_shapes = null;
            foreach (var (m, isTraining) in modes) m.IsTraining = isTraining;
        }
        return shapes;
    }

    static IEnumerable<Tensor> OwnTensors(Module module) =>
        ModuleFields.Of(module).Tensors.Select(f => f.Get(module)).OfType<Tensor>();

    static string Group(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
