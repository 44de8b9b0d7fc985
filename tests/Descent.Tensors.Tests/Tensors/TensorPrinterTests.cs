using Descent.Tensors;

namespace Descent.Tensors.Tests.Tensors;

public sealed class TensorPrinterTests
{
    /// <summary>Texts as PyTorch prints the same tensors, but for the names of types.</summary>
    public static TheoryData<string, Func<Tensor>, string> Cases => new()
    {
        { "whole", () => Tensor.From<float>([1, 2, 3]), "tensor([1., 2., 3.])" },
        { "fixed", () => Tensor.From(new float[,] { { 1.5f, -2.25f }, { 1000.125f, 0 } }), "tensor([[   1.5000,   -2.2500],\n        [1000.1250,    0.0000]])" },
        { "number", () => Tensor.Scalar(3.14159), "tensor(3.1416)" },
        { "small", () => Tensor.From<float>([1e-5f, 1]), "tensor([1.0000e-05, 1.0000e+00])" },
        { "large", () => Tensor.From<float>([1, 1e9f]), "tensor([1.0000e+00, 1.0000e+09])" },
        { "nonfinite", () => Tensor.From<float>([float.NaN, 1, float.PositiveInfinity]), "tensor([nan, 1., inf])" },
        { "integers", () => Tensor.Arange(12).Reshape(2, 2, 3), "tensor([[[ 0,  1,  2],\n         [ 3,  4,  5]],\n\n        [[ 6,  7,  8],\n         [ 9, 10, 11]]])" },
        { "empty matrix", () => Tensor.Zeros(0, 3), "tensor([], size=(0, 3))" },
        { "empty vector", () => Tensor.Zeros(0), "tensor([])" },
        { "empty integers", () => Tensor.Zeros([0], DType.Int64), "tensor([], dtype=Int64)" },
        { "bools", () => Tensor.From<bool>([true, false]), "tensor([ True, False])" },
        { "type", () => Tensor.From<int>([1, 2]), "tensor([1, 2], dtype=Int32)" },
        { "double", () => Tensor.Zeros([2, 2], DType.Float64), "tensor([[0., 0.],\n        [0., 0.]], dtype=Float64)" },
        { "tie", () => Tensor.From<float>([0.03125f, 1.5f]), "tensor([0.0312, 1.5000])" },
        { "zeros of both signs", () => Tensor.From<float>([-0f, 0f]), "tensor([-0., 0.])" },
        { "wraps", () => Tensor.Arange(25).To(DType.Float32) / 3, "tensor([0.0000, 0.3333, 0.6667, 1.0000, 1.3333, 1.6667, 2.0000, 2.3333, 2.6667,\n        3.0000, 3.3333, 3.6667, 4.0000, 4.3333, 4.6667, 5.0000, 5.3333, 5.6667,\n        6.0000, 6.3333, 6.6667, 7.0000, 7.3333, 7.6667, 8.0000])" },
        { "elided", () => Tensor.Arange(2000.0), "tensor([0.0000e+00, 1.0000e+00, 2.0000e+00,  ..., 1.9970e+03, 1.9980e+03,\n        1.9990e+03])" },
        { "elided rows", () => Tensor.Arange(2002).Reshape(1001, 2), "tensor([[   0,    1],\n        [   2,    3],\n        [   4,    5],\n        ...,\n        [1996, 1997],\n        [1998, 1999],\n        [2000, 2001]])" },
        { "transposed", () => Tensor.Arange(4).Reshape(2, 2).T, "tensor([[0, 2],\n        [1, 3]])" },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Prints_like_PyTorch(string name, Func<Tensor> make, string expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, make().ToString());
    }

    [Fact]
    public void Says_that_gradients_are_required()
    {
        var x = Tensor.Ones(3);
        x.RequiresGrad = true;
        Assert.Equal("tensor([1., 1., 1.], requires_grad=True)", x.ToString());
        Assert.Equal("tensor([2., 2., 2.], grad_fn=<Add>)", (x + 1).ToString());
    }
}
