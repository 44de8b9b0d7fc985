namespace Descent.Tensors.Tests;

[Collection(nameof(MemoryCollection))]
public sealed class AttentionMemoryTests
{
    [Fact]
    public void Memory_grows_with_the_length_and_not_with_its_square()
    {
        long short1 = Grown(512), long1 = Grown(2048);
        // Queries, keys, values, output and their gradients: nothing like the 134 MB of scores.
        Assert.InRange(long1, 1, 5 * short1 + (1 << 20));

        static long Grown(int n)
        {
            Tensor[] x = [.. Enumerable.Range(0, 3).Select(i => Tensor.Randn([1, 8, n, 32], generator: new Generator((ulong)i)))];
            foreach (var t in x) t.RequiresGrad = true;
            Memory.Trim();
            long before = Memory.Statistics.OutstandingBytes;
            var y = F.ScaledDotProductAttention(x[0], x[1], x[2], isCausal: true);
            long kept = Memory.Statistics.OutstandingBytes - before;
            // One output and one number a row, in blocks up to a quarter larger.
            Assert.InRange(kept, 0, (long)(8 * n * 33 * sizeof(float) * 1.3));
            y.Backward(y.Detach());
            return Memory.Statistics.OutstandingBytes - before;
        }
    }
}
