using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class GradScalerTests
{
    static (Parameter P, SGD Optimizer) One()
    {
        var p = new Parameter(Tensor.From<float>([1, 2]));
        return (p, new SGD([p], learningRate: 0.5));
    }

    [Fact]
    public void A_scaled_step_is_the_step_without_scaling()
    {
        var (p, optimizer) = One();
        var scaler = new GradScaler(initialScale: 1024);
        scaler.Scale((p * p).Sum()).Backward();
        Assert.Equal([2048, 4096], p.Grad!.ToArray<float>());
        scaler.Unscale_(optimizer);
        Assert.Equal([2, 4], p.Grad!.ToArray<float>());
        Assert.True(scaler.Step(optimizer));
        scaler.Update();
        Assert.Equal([0, 0], p.ToArray<float>());
        Assert.Equal((1024, 1), (scaler.ScaleFactor, scaler.GrowthTracker));
    }

    public static TheoryData<float> NoNumbers => [float.PositiveInfinity, float.NegativeInfinity, float.NaN];

    [Theory, MemberData(nameof(NoNumbers))]
    public void A_step_with_a_gradient_that_overflowed_is_left_out_and_the_scale_falls(float bad)
    {
        var (p, optimizer) = One();
        var scaler = new GradScaler(initialScale: 8, backoffFactor: 0.25);
        p.Grad = Tensor.From<float>([1, bad]);
        Assert.False(scaler.Step(optimizer));
        scaler.Update();
        Assert.Equal([1, 2], p.ToArray<float>());
        Assert.Equal((2, 0), (scaler.ScaleFactor, scaler.GrowthTracker));
    }

    [Fact]
    public void The_scale_rises_after_as_many_good_steps_as_the_interval()
    {
        var (p, optimizer) = One();
        var scaler = new GradScaler(initialScale: 4, growthFactor: 3, growthInterval: 2);
        double[] scales = new double[4];
        for (int i = 0; i < 4; i++)
        {
            p.Grad = Tensor.Zeros(2);
            scaler.Step(optimizer);
            scaler.Update();
            scales[i] = scaler.ScaleFactor;
        }
        Assert.Equal([4, 12, 12, 36], scales);
    }

    [Fact]
    public void The_scale_never_grows_past_float32()
    {
        var (p, optimizer) = One();
        var scaler = new GradScaler(initialScale: float.MaxValue, growthInterval: 1);
        p.Grad = Tensor.Zeros(2);
        scaler.Step(optimizer);
        scaler.Update();
        Assert.Equal(float.MaxValue, scaler.ScaleFactor);
    }

    [Fact]
    public void A_state_goes_on_where_it_was()
    {
        var (p, optimizer) = One();
        var scaler = new GradScaler(initialScale: 4, growthInterval: 3);
        p.Grad = Tensor.Zeros(2);
        scaler.Step(optimizer);
        scaler.Update();
        var other = new GradScaler(growthInterval: 3);
        other.LoadStateDict(scaler.StateDict());
        Assert.Equal((4, 1), (other.ScaleFactor, other.GrowthTracker));
        Assert.Equal(["scale", "growth_factor", "backoff_factor", "growth_interval", "_growth_tracker"], scaler.StateDict().Keys);
        Assert.Throws<StateDictException>(() => new GradScaler(growthInterval: 5).LoadStateDict(scaler.StateDict()));
    }

    [Fact]
    public void Wrong_order_is_an_error()
    {
        var (p, optimizer) = One();
        var scaler = new GradScaler();
        Assert.Throws<InvalidOperationException>(() => scaler.Update());
        p.Grad = Tensor.Zeros(2);
        scaler.Unscale_(optimizer);
        Assert.Throws<InvalidOperationException>(() => scaler.Unscale_(optimizer));
        scaler.Update(newScale: 16);
        Assert.Equal(16, scaler.ScaleFactor);
        Assert.Throws<ArgumentOutOfRangeException>(() => new GradScaler(growthFactor: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GradScaler(backoffFactor: 1));
    }
}
