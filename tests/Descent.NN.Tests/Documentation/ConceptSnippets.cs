using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of the concept pages, as they stand there.</summary>
public sealed class ConceptSnippets
{
    static float[] Values(Tensor? x) => x!.To(DType.Float32).Contiguous().AsSpan<float>().ToArray();

    [Fact]
    public void Layout()
    {
        var x = Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3]);
        var shape = x.Shape;        // (2, 3)
        var strides = x.Strides;    // 3, 1: one row is 3 elements, one column 1

        Assert.Equal([2, 3], shape.ToArray());
        Assert.Equal([3, 1], strides.ToArray());
    }

    [Fact]
    public void Views()
    {
        var x = Tensor.Zeros(2, 3);
        var column = x.Select(1, 0);    // shape (2,), a view of the first column
        column.Add_(5);
        var first = x.Select(0, 0);     // 5, 0, 0

        Assert.Equal([5, 0, 0], Values(first));
    }

    [Fact]
    public void Contiguity()
    {
        var x = Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3]);
        var t = x.T;                                  // shape (3, 2), not contiguous
        float[] values = t.Contiguous().AsSpan<float>().ToArray();    // 1, 4, 2, 5, 3, 6

        Assert.False(t.IsContiguous);
        Assert.Equal([1, 4, 2, 5, 3, 6], values);
    }

    [Fact]
    public void Broadcasting()
    {
        var rows = Tensor.From<float>([10, 20], [2, 1]);
        var columns = Tensor.From<float>([1, 2, 3]);
        var sum = rows + columns;    // (2, 1) and (3,) give (2, 3): 11, 12, 13, 21, 22, 23

        Assert.Equal([11, 12, 13, 21, 22, 23], Values(sum));
    }

    [Fact]
    public void Promotion()
    {
        var counts = Tensor.From<long>([1, 2, 3]);
        var same = counts + 1;       // Int64
        var scaled = counts * 0.5;   // Float32

        Assert.Equal((DType.Int64, DType.Float32), (same.DType, scaled.DType));
    }

    [Fact]
    public void Gradient()
    {
        var x = Tensor.From<float>([1, 2, 3]);
        x.RequiresGrad = true;
        var y = (x * x).Sum();
        y.Backward();
        var gradient = x.Grad;    // 2x: 2, 4, 6

        Assert.Equal([2, 4, 6], Values(gradient));
    }

    [Fact]
    public void Gradient_of_a_gradient()
    {
        var x = Tensor.From<double>([2]);
        x.RequiresGrad = true;
        var y = (x * x * x).Sum();
        var first = Autograd.Grad(y, x, createGraph: true);    // 3x² = 12
        var second = Autograd.Grad(first.Sum(), x);            // 6x = 12

        Assert.Equal([12], Values(first.Detach()));
        Assert.Equal([12], Values(second));
    }

    [Fact]
    public void No_gradient()
    {
        var weight = Tensor.Ones(3);
        weight.RequiresGrad = true;
        using (Autograd.NoGrad())
        {
            weight.Mul_(Tensor.Full([3], 0.5));    // a plain update, not recorded
        }
        var frozen = weight.Detach();              // the same elements outside the graph

        Assert.True(weight.IsLeaf);
        Assert.False(frozen.RequiresGrad);
        Assert.Equal([0.5f, 0.5f, 0.5f], Values(frozen));
    }

    [Fact]
    public void Changed_in_place()
    {
        var x = Tensor.Ones(3);
        x.RequiresGrad = true;
        var a = x * 2;
        var b = a * a;              // backward will need a
        a.Add_(Tensor.Ones(3));     // but a is no longer what it was
        Assert.Throws<InvalidOperationException>(() => b.Sum().Backward());
    }

    [Fact]
    public void Statistics()
    {
        var before = Memory.Statistics;
        var x = Tensor.Zeros(1024, 1024);    // 4 MiB
        var after = Memory.Statistics;
        long blocks = after.Allocations - before.Allocations;
        long outstanding = after.OutstandingBytes;
        GC.KeepAlive(x);

        Assert.True(blocks >= 1);
        Assert.True(outstanding >= 4 << 20);
    }

    [Fact]
    public void Waiting()
    {
        Tensor x = Tensor.Randn([64, 1024]), bias = Tensor.Randn([1024]), residual = Tensor.Randn([64, 1024]);
        var y = (x + bias).Gelu() + residual;    // noted, not computed
        x.Zero_();                               // y is of x as it was
        float first = y[0, 0].Item<float>();     // computed here, in one pass: 3 inputs read, 1 output written

        Assert.Equal((Tensor.Zeros(1024) + bias).Gelu()[0].Item<float>() + residual[0, 0].Item<float>(), (x + bias).Gelu()[0, 0].Item<float>() + residual[0, 0].Item<float>());
        Assert.NotEqual(residual[0, 0].Item<float>() + bias.Gelu()[0].Item<float>(), first);
    }
}
