namespace Descent.Tensors.Tests;

public sealed class CustomFunctionTests
{
    static Tensor Cube(Tensor x) => Autograd.Custom([x],
        (context, t) => { context.Save(t[0]); return t[0] * t[0] * t[0]; },
        (context, dy) => [dy * context.Saved(0) * context.Saved(0) * 3]);

    // The square root by its result, which is saved instead of the input.
    static Tensor Inverse(Tensor x) => Autograd.Custom([x],
        (context, t) => { var y = 1 / t[0]; context.Save(y); return y; },
        (context, dy) => [-(dy * context.Saved(0) * context.Saved(0))]);

    static Tensor[] ProductAndQuotient(Tensor a, Tensor b) => Autograd.Custom([a, b],
        (context, t) => { context.Save(t); return [t[0] * t[1], t[0] / t[1]]; },
        (context, dy) =>
        {
            var (x, y) = (context.Saved(0), context.Saved(1));
            Tensor Sum(Tensor? p, Tensor? q) => p is null ? q! : q is null ? p : p + q;
            return
            [
                context.Needs(0) ? Sum(dy[0]?.Mul(y), dy[1]?.Div(y)) : null,
                context.Needs(1) ? Sum(dy[0]?.Mul(x), dy[1] is { } q ? -(q * x / (y * y)) : null) : null,
            ];
        });

    public static TheoryData<string, Func<Tensor[], Tensor>> Functions => new()
    {
        { "saves the input", t => Cube(t[0]) },
        { "saves the result", t => Inverse(t[0]) * t[1] },
        { "one result used", t => ProductAndQuotient(t[0], t[1])[1] },
        { "two results used", t => ProductAndQuotient(t[0], t[1]) is [var p, var q] ? p * q * q : null! },
        { "returns its input", t => Autograd.Custom([t[0]], (_, x) => x[0], (_, dy) => [dy]) * t[1] },
    };

    [Theory, MemberData(nameof(Functions))]
    public void Custom_gradients_can_be_differentiated(string name, Func<Tensor[], Tensor> f)
    {
        Assert.NotEmpty(name);
        GradientCheck.Verify(f, Leaf.Constant(0.5, -1.5), Leaf.Constant(2, 0.7));
        GradientCheck.VerifySecondOrder(f, Leaf.Constant(0.5, -1.5), Leaf.Constant(2, 0.7));
    }

    [Fact]
    public void Wrong_counts_and_shapes_of_gradients_are_errors_that_name_the_function()
    {
        var x = Leaf.Of(1, 2);
        var count = Autograd.Custom([x], (_, t) => t[0] * 2, (_, dy) => [dy, dy], "Twice");
        Assert.Contains("Twice", Assert.Throws<InvalidOperationException>(() => count.Backward(Leaf.Constant(1, 1))).Message);
        var shape = Autograd.Custom([x], (_, t) => t[0] * 2, (_, dy) => [Leaf.Constant(1)], "Twice");
        Assert.Contains("(2,)", Assert.Throws<ShapeException>(() => shape.Backward(Leaf.Constant(1, 1))).Message);
    }

    [Fact]
    public void Saved_tensors_are_versioned()
    {
        var x = Leaf.Of(2);
        var y = x * 1;
        var z = Cube(y);
        using (Autograd.NoGrad()) y.Add_(Leaf.Constant(1));
        Assert.Throws<InvalidOperationException>(() => z.Backward());
    }

    [Fact]
    public void What_backward_keeps_stays_as_it_was()
    {
        Tensor? kept = null;
        var x = Leaf.Of(1, 2);
        var y = Autograd.Custom([x], (_, t) => t[0] * 2, (_, dy) => [kept = dy * 2]);
        (y * 1).Backward(Leaf.Constant(1, 1));
        (x * 5).Backward(Leaf.Constant(1, 1));
        Assert.Equal([2, 2], kept!.Values());
        Assert.Equal([7, 7], x.Grad!.Values());
    }
}
