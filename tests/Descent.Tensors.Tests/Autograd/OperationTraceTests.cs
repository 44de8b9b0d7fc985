namespace Descent.Tensors.Tests;

public sealed class OperationTraceTests
{
    static IReadOnlyList<TracedOperation> Traced(Action run)
    {
        using var trace = OperationTrace.Start();
        run();
        return trace.Operations;
    }

    [Fact]
    public void Operations_are_noted_in_order_with_operands_and_what_they_keep()
    {
        Tensor x = Tensor.Randn([2, 3]), w = Tensor.Randn([3, 4]), y = x, z = x;
        var operations = Traced(() =>
        {
            y = x.MatMul(w).Relu();
            z = y.Softmax(-1).Transpose(0, 1);
        });
        Assert.Equal(["MatMul", "Relu", "Softmax", "Transpose"], operations.Select(o => o.Name));
        Assert.Equal([x, w], operations[0].Inputs);
        Assert.Same(y, operations[1].Outputs[0]);
        Assert.Equal(1, operations[2].Attributes[^1]);
        Assert.Equal([0, 1], operations[3].Attributes);
        Assert.Same(z, operations[3].Outputs[0]);
    }

    [Fact]
    public void Operations_without_a_gradient_are_noted_too()
    {
        var x = Tensor.Randn([2, 3]);
        Assert.Equal(["Gt", "Eq", "Argmax", "Reshape", "MaskedFill"], Traced(() =>
        {
            var mask = x.Gt(0.5);
            x.Eq(x);
            x.Argmax(1);
            x.MaskedFill(mask, 2);
        }).Select(o => o.Name));
    }

    [Fact]
    public void Nothing_is_noted_outside_the_trace_and_only_one_can_be_on()
    {
        var x = Tensor.Randn([2]);
        using (var trace = OperationTrace.Start())
        {
            Assert.Throws<InvalidOperationException>(OperationTrace.Start);
            x.Exp();
            trace.Dispose();
            x.Log();
            Assert.Equal("Exp", Assert.Single(trace.Operations).Name);
        }
        Assert.Empty(Traced(() => { }));
    }

    [Fact]
    public void A_change_in_place_gives_the_tensor_its_new_value()
    {
        var x = Tensor.Ones([3]);
        Tensor y = x, z = x;
        var operations = Traced(() =>
        {
            y = x.Mul(2);
            y.Add_(1);
            z = y.Mul(x);
        });
        Assert.Equal([3, 3, 3], z.AsSpan<float>().ToArray());
        var add = operations.Single(o => o.Name == "Add");
        var old = operations[operations.ToList().IndexOf(add) - 1];
        Assert.Equal("Alias", old.Name);
        Assert.Same(y, old.Inputs[0]);
        Assert.Same(old.Outputs[0], add.Inputs[0]);
        var now = operations[operations.ToList().IndexOf(add) + 1];
        Assert.Same(add.Outputs[0], now.Inputs[0]);
        Assert.Same(y, now.Outputs[0]);
    }

    [Fact]
    public void A_value_that_changed_behind_the_trace_is_an_error()
    {
        var x = Tensor.Ones([3]);
        using var trace = OperationTrace.Start();
        var y = x.Mul(2);
        y.AsSpan<float>()[0] = 7;
        y.MarkChanged();
        Assert.False(trace.IsUnchanged(y));
        Assert.Contains("changed in place", Assert.Throws<InvalidOperationException>(() => y.Exp()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Composites_are_noted_as_one()
    {
        Tensor x = Tensor.Randn([2, 3, 5]), w = Tensor.Randn([4, 3, 2]), mean = Tensor.Zeros(3), variance = Tensor.Ones(3);
        Assert.Equal(["BatchNorm", "Convolution"], Traced(() => F.Conv1d(F.BatchNorm(x, mean, variance), w)).Select(o => o.Name));
    }
}
