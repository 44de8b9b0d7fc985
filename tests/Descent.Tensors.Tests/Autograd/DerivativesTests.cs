namespace Descent.Tensors.Tests;

public sealed class DerivativesTests
{
    static readonly Tensor s_x = Leaf.Constant(2, 3), s_v = Leaf.Constant(1, 10);

    static Tensor Swap(Tensor x) => Autograd.Custom([x], (_, t) => Exchange(t[0]), (_, dy) => [Swap(dy)]);

    static Tensor Exchange(Tensor x) => Leaf.Constant(x.Values()[1], x.Values()[0]);

    /// <summary>y_i = x_i² x_{1-i}.</summary>
    static Tensor F(Tensor x) => x * x * Swap(x);

    [Fact]
    public void Jacobian_has_the_outputs_shape_then_the_inputs()
    {
        var j = Autograd.Jacobian(F, s_x);
        Assert.Equal(new Shape(2, 2), j.Shape);
        Assert.Equal([12, 4, 9, 12], j.Values());
        Assert.Equal(new Shape(2, 1, 2), Autograd.Jacobian(x => F(x).Reshape(2, 1), s_x).Shape);
    }

    [Fact]
    public void Products_with_the_Jacobian_agree_with_it()
    {
        var (y, vjp) = Autograd.Vjp(F, s_x, s_v);
        Assert.Equal([12, 18], y.Values());
        Assert.Equal([102, 124], vjp.Values());
        var (same, jvp) = Autograd.Jvp(F, s_x, s_v);
        Assert.Equal([12, 18], same.Values());
        Assert.Equal([52, 129], jvp.Values());
        Assert.False(jvp.RequiresGrad || vjp.RequiresGrad || y.RequiresGrad);
    }

    [Fact]
    public void Jvp_can_be_differentiated()
    {
        var x = Leaf.Of(2, 3);
        var jvp = Autograd.Jvp(p => p * p * p, x, s_v, createGraph: true).Product;
        // 3x² v, whose gradient is 6 x v.
        Assert.Equal([12, 270], jvp.Values());
        Assert.Equal([12, 180], Autograd.Grad(jvp, x, Leaf.Constant(1, 1)).Values());
    }

    [Fact]
    public void Hessian_of_a_product_and_its_product_with_a_vector()
    {
        // f = (x·x·x)[0] of one element: f'' = 6x.
        var x = Leaf.Constant(4);
        Assert.Equal([24], Autograd.Hessian(p => p * p * p, x).Values());
        Assert.Equal(new Shape(1, 1), Autograd.Hessian(p => p * p * p, x).Shape);
        var (value, product) = Autograd.Hvp(p => p * p * p, x, Leaf.Constant(2));
        Assert.Equal([64], value.Values());
        Assert.Equal([48], product.Values());
    }

    [Fact]
    public void What_does_not_depend_on_x_has_derivatives_of_zero()
    {
        Assert.Equal([0, 0], Autograd.Jvp(_ => Leaf.Constant(1, 2), s_x, s_v).Product.Values());
        Assert.Equal([0, 0], Autograd.Vjp(_ => Leaf.Constant(1, 2), s_x, s_v).Product.Values());
        Assert.Equal([0], Autograd.Hessian(p => p * 3, Leaf.Constant(4)).Values());
        Assert.Equal([2, 0, 0, 2], Autograd.Jacobian(p => p * 2, s_x).Values());
        Assert.Equal([2, 20], Autograd.Jvp(p => p * 2, s_x, s_v).Product.Values());
    }

    [Fact]
    public void Shapes_are_checked()
    {
        Assert.Throws<ShapeException>(() => Autograd.Jvp(F, s_x, Leaf.Constant(1)));
        Assert.Throws<ShapeException>(() => Autograd.Vjp(F, s_x, Leaf.Constant(1)));
        Assert.Throws<ShapeException>(() => Autograd.Hessian(F, s_x));
        Assert.Throws<ShapeException>(() => Autograd.Hvp(F, s_x, s_v));
    }
}
