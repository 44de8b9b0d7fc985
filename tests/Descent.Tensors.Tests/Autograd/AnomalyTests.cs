namespace Descent.Tensors.Tests;

public sealed class AnomalyTests
{
    static Tensor Quotient(Tensor a, Tensor b) => a / b;

    [Fact]
    public void The_first_operation_that_makes_a_NaN_is_named_with_its_call()
    {
        using var scope = Autograd.DetectAnomaly();
        var error = Assert.Throws<AnomalyException>(() => Quotient(Leaf.Of(0, 1), Leaf.Of(0, 1)) * 2);
        Assert.Contains("Div", error.Message);
        Assert.Contains("1 NaN of 2 elements", error.Message);
        Assert.Contains(nameof(AnomalyTests), error.Message);
    }

    [Fact]
    public void An_infinity_is_found_where_no_input_held_one()
    {
        using var scope = Autograd.DetectAnomaly();
        Assert.Throws<AnomalyException>(() => Leaf.Of(1) / Leaf.Of(0));
        var given = Leaf.Of(double.NegativeInfinity) * 2;
        Assert.Equal([double.NegativeInfinity], given.Values());
    }

    [Fact]
    public void A_NaN_that_came_in_is_said_to_have()
    {
        using var scope = Autograd.DetectAnomaly();
        var error = Assert.Throws<AnomalyException>(() => Leaf.Of(1) * Leaf.Of(double.NaN));
        Assert.Contains("its input 1 of shape (1,) held NaN already", error.Message);
    }

    static Tensor InfiniteSlope(Tensor x)
    {
        Tensor y;
        using (Autograd.NoGrad()) y = x * 1;
        return Autograd.Record(y, x.Saved, (x, static (dy, s) => dy / (s.Value - s.Value)));
    }

    [Fact]
    public void The_operation_whose_gradient_is_not_finite_is_named_with_its_forward_call()
    {
        using var scope = Autograd.DetectAnomaly();
        var y = InfiniteSlope(Leaf.Of(3)) * 2;
        var error = Assert.Throws<AnomalyException>(() => y.Backward());
        Assert.Contains("gradient of InfiniteSlope", error.Message);
        Assert.Contains("1 infinities", error.Message);
        Assert.Contains($"{nameof(AnomalyTests)}.{nameof(InfiniteSlope)}", error.Message);
    }

    [Fact]
    public void A_change_in_place_is_traced_to_the_forward_call()
    {
        using var scope = Autograd.DetectAnomaly();
        var y = Leaf.Of(3) * 2;
        var z = y * y;
        using (Autograd.NoGrad()) y.Add_(Leaf.Constant(1));
        var error = Assert.Throws<InvalidOperationException>(() => z.Backward());
        Assert.Contains("in place", error.Message);
        Assert.Contains(nameof(A_change_in_place_is_traced_to_the_forward_call), error.Message);
    }

    [Fact]
    public void Nothing_is_looked_at_outside_of_the_scope()
    {
        using (Autograd.DetectAnomaly())
        using (Autograd.DetectAnomaly()) { }
        var y = Leaf.Of(0) / Leaf.Of(0);
        y.Backward();
        Assert.True(double.IsNaN(y.Item()));
    }
}
