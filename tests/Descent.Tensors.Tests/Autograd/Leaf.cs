namespace Descent.Tensors.Tests;

/// <summary>Short ways to tensors for tests of autograd.</summary>
static class Leaf
{
    internal static Tensor Constant(params double[] values) => Tensor.From<double>(values, [values.Length]);

    internal static Tensor Of(params double[] values)
    {
        var x = Constant(values);
        x.RequiresGrad = true;
        return x;
    }

    internal static double[] Values(this Tensor x) => x.Detach().Contiguous().AsSpan<double>().ToArray();
}
