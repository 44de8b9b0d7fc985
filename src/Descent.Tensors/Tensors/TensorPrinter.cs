namespace Descent.Tensors;

static class TensorPrinter
{
    internal static string Print(Tensor x) => $"tensor({x.DType} {x.Shape})";
}
