using Descent.Tensors.Kernels;
using Descent.Tensors.Tests.Threading;

namespace Descent.Tensors.Tests.Kernels;

[Collection(ThreadCountCollection.Name)]
public sealed class CostModelTests : IDisposable
{
    readonly int _threads = Numerics.Threads;

    public void Dispose() => Numerics.Threads = _threads;

    [Fact]
    public void It_is_measured_once_for_a_number_of_threads_and_its_figures_are_sane()
    {
        foreach (int threads in (int[])[1, 2, 3])
        {
            Numerics.Threads = threads;
            var model = CostModel.Current;
            Assert.Same(model, CostModel.Current);
            Assert.Equal(threads, model.Threads);
            Assert.InRange(model.Flops, 4e9, 1e12);
            Assert.InRange(model.Sharing, 0.2e-6, 0.8e-6);
            Assert.InRange(model.LeastItem, 1, 2 << 20);
        }
    }

    [Fact]
    public void One_thread_shares_nothing_and_several_share_what_is_large()
    {
        Numerics.Threads = 1;
        Assert.False(CostModel.IsShared(long.MaxValue));
        Numerics.Threads = 2;
        Assert.False(CostModel.IsShared(8 * 8 * 8));
        Assert.True(CostModel.IsShared(512L * 512 * 512));
    }

    [Fact]
    public void Within_a_loop_nothing_is_measured()
    {
        Numerics.Threads = 2;
        var before = CostModel.Current;
        Numerics.Threads = 5;
        WorkerPool.For(2, _ => Assert.Equal(5, CostModel.Current.Threads));
        Numerics.Threads = 2;
        Assert.Same(before, CostModel.Current);
    }

    [Fact]
    public void Profiles_name_a_way_for_every_shape()
    {
        var profile = MachineProfile.Measure();
        Assert.All(profile.Products, p =>
        {
            Assert.NotEmpty(p.Path);
            Assert.InRange(p.Threads, 1, Numerics.Threads);
            Assert.True(p.Predicted > 0 && p.Measured > 0);
        });
        Assert.All(profile.Convolutions, c => Assert.NotEmpty(c.Path));
        Assert.True(profile.LeastShared > 0);
    }
}
