using System.Text;
using Descent.Tensors;
using Xunit;

namespace Descent.Testing;

/// <summary>Runs one case: outputs, then the gradients of the sum of outputs times their upstream gradients.</summary>
public static class GoldenRunner
{
    /// <summary>Fails with every difference, for inputs in plain and in strided layout.</summary>
    public static void Verify(GoldenCase golden, Func<GoldenCall, GoldenOutputs> op)
    {
        var report = new StringBuilder();
        Evaluate(golden, op, Layouts.Plain, "", report);
        if (report.Length == 0) Evaluate(golden, op, Layouts.Strided, "with strided inputs, ", report);
        if (report.Length > 0) Assert.Fail($"{golden}, {golden.Op} {golden.Args}:{report}");
    }

    static void Evaluate(GoldenCase golden, Func<GoldenCall, GoldenOutputs> op, Func<Tensor, Tensor> layout, string how, StringBuilder report)
    {
        var call = new GoldenCall(golden, layout);
        var outputs = op(call);
        Compare(golden, golden.Outputs, name => outputs.GetValueOrDefault(name), $"{how}output", report);
        if (golden.Grads.Count == 0 || report.Length > 0) return;

        string[] names = [.. golden.Grads.Keys];
        // Where no upstream gradients are given, the gradients are those of the loss.
        var above = golden.GradOutputs.Count > 0 ? golden.GradOutputs.ToDictionary(o => o.Key, o => (Tensor?)golden.Tensor(o.Value)) : new() { ["loss"] = null };
        var differentiable = above.Where(o => outputs[o.Key].RequiresGrad).ToArray();
        // What nothing depends on has a gradient of zero.
        var gradients = differentiable.Length == 0 ? new Tensor?[names.Length] : Autograd.Grad(
            Array.ConvertAll(differentiable, o => outputs[o.Key]), Array.ConvertAll(names, name => call[name]),
            Array.ConvertAll(differentiable, o => o.Value), allowUnused: true);
        Compare(golden, golden.Grads, name => gradients[Array.IndexOf(names, name)] ?? Tensor.Zeros(call[name].Shape, call[name].DType),
            $"{how}gradient of", report);
    }

    static void Compare(GoldenCase golden, IReadOnlyDictionary<string, string> keys, Func<string, Tensor?> got, string what, StringBuilder report)
    {
        foreach (var (name, key) in keys)
        {
            var difference = got(name) is { } tensor
                ? TensorComparer.Difference(tensor, golden.Tensor(key), golden.RelativeTolerance, golden.AbsoluteTolerance)
                : "was not given";
            if (difference is not null) report.Append($"\n  {what} {name}: {difference}");
        }
    }
}
