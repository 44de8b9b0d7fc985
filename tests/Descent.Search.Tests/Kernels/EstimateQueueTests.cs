using Descent.Tensors;

namespace Descent.Search.Tests;

public unsafe class EstimateQueueTests
{
    const int List = 64, Nodes = 5000;

    [Fact]
    public void The_nearest_come_out_first_whatever_was_cut_away()
    {
        var random = new Generator(3);
        var queue = new EstimateQueue();
        foreach (int left in (int[])[1, 7, 40, 300])
        {
            queue.Start(left + 4 * List, left + 4 * List);
            var all = new List<(float Estimate, int Node)>();
            for (int round = 0; round < 12; round++)
            {
                var (nodes, estimates) = Draw(random, round * List);
                fixed (int* n = nodes)
                fixed (float* e = estimates)
                fixed (byte* marks = new byte[Nodes]) queue.Add(n, e, List, Nodes, marks, epoch: 1);
                for (int i = 0; i < List; i++) all.Add((estimates[i], nodes[i]));
                queue.Keep(left);
                Assert.InRange(queue.Count, Math.Min(left, all.Count), left + left / 16 + 2 + List);
            }
            // What was cut away is farther than as many as are left.
            foreach (var (_, node) in all.Order().Take(left)) Assert.Equal(node, queue.Take());
        }
    }

    [Theory]
    [InlineData(700)]
    [InlineData(3000)]
    [InlineData(20_000)]
    public void Whatever_is_put_in_and_taken_out_in_turn_the_nearest_comes_out(int capacity)
    {
        const int rounds = 1000;
        var random = new Generator(13);
        var queue = new EstimateQueue();
        queue.Start(capacity + List, capacity + List);
        float[] all = new float[rounds * List];
        var left = new PriorityQueue<int, float>();
        fixed (byte* marks = new byte[all.Length])
            for (int round = 0; round < rounds; round++)
            {
                // Fills up first, then empties.
                if (queue.Count < capacity && round < 700)
                {
                    var (nodes, estimates) = Draw(random, first: round * List);
                    fixed (int* n = nodes)
                    fixed (float* e = estimates) queue.Add(n, e, List, all.Length, marks, epoch: 1);
                    estimates.CopyTo(all, round * List);
                    for (int i = 0; i < List; i++) left.Enqueue(nodes[i], estimates[i]);
                }
                for (long takes = random.NextInt64(0, round < 700 ? 40 : 130); takes > 0 && left.Count > 0; takes--)
                    Assert.Equal(all[left.Dequeue()], all[queue.Take()]);
                Assert.Equal(left.Count, queue.Count);
                if (round != 500) continue;
                // What is cut away are the farthest.
                queue.Keep(left.Count / 2);
                int[] nearest = [.. left.UnorderedItems.OrderBy(item => item.Priority).Take(queue.Count).Select(item => item.Element)];
                left = new(nearest.Select(node => (node, all[node])));
                queue.Widen();
            }
    }

    [Fact]
    public void Nodes_seen_before_or_beyond_the_limit_stay_out()
    {
        var (nodes, estimates) = Draw(new Generator(5), first: 0);
        nodes[3] = -1;
        nodes[9] = 5000;
        estimates[5] = float.NaN;
        estimates[6] = float.PositiveInfinity;
        byte[] marks = new byte[Nodes];
        marks[nodes[20]] = 7;
        // Of another epoch.
        marks[nodes[21]] = 6;
        var queue = new EstimateQueue();
        queue.Start(2 * List, 2 * List);
        fixed (int* n = nodes)
        fixed (float* e = estimates)
        fixed (byte* m = marks) queue.Add(n, e, List, limit: 60, m, epoch: 7);
        var expected = nodes.Index().Where(p => p.Item is >= 0 and < 60 && p.Index is not (5 or 6 or 20)).Select(p => (estimates[p.Index], p.Item)).Order().Select(p => p.Item);
        Assert.Equal(expected, Enumerable.Range(0, queue.Count).Select(_ => queue.Take()));
    }

    [Fact]
    public void Nothing_is_taken_when_nothing_is_to_be_kept_until_the_bound_is_widened()
    {
        var queue = new EstimateQueue();
        queue.Start(List, List);
        queue.Add(4, 1.5f);
        queue.Add(2, -3);
        queue.Keep(0);
        Assert.Equal((0, float.NegativeInfinity), (queue.Count, queue.Bound));
        queue.Widen();
        queue.Add(8, 2);
        queue.Add(9, -1);
        Assert.Equal((9, 8, 0), (queue.Take(), queue.Take(), queue.Count));
    }

    [Theory]
    [InlineData(-3e38f, 3e38f)]
    [InlineData(-1e30f, 1e-30f)]
    [InlineData(float.NegativeInfinity, 2)]
    [InlineData(5, 5)]
    public void No_more_than_the_limit_is_left_whatever_the_estimates_are(float first, float last)
    {
        const int most = 10;
        float[] estimates = new float[List];
        new Generator(9).Uniform(estimates, 4, 5);
        (estimates[30], estimates[31]) = (first, last);
        // Many that are equal.
        estimates.AsSpan(40).Fill(4.5f);
        int[] nodes = [.. Enumerable.Range(0, List)];
        var queue = new EstimateQueue();
        for (int equal = 0; equal < 2; equal++)
        {
            queue.Start(List, List);
            fixed (int* n = nodes)
            fixed (float* e = estimates)
            fixed (byte* marks = new byte[Nodes]) queue.Add(n, e, List, Nodes, marks, epoch: 1);
            queue.Keep(most);
            Assert.InRange(queue.Count, most, EstimateQueue.Limit(most));
            float[] nearest = [.. estimates.Order().Take(most)];
            Assert.Equal(nearest, nearest.Select(_ => estimates[queue.Take()]));
            Array.Fill(estimates, 1);
        }
    }

    [Fact]
    public void A_bound_is_narrowed_to_eight_or_a_few_more()
    {
        var (nodes, estimates) = Draw(new Generator(11), first: 0);
        (estimates[0], estimates[1]) = (float.NaN, float.PositiveInfinity);
        var queue = new EstimateQueue();
        queue.Start(List, List);
        fixed (int* n = nodes)
        fixed (float* e = estimates)
        fixed (byte* marks = new byte[Nodes])
        {
            queue.Narrow(e, List);
            queue.Add(n, e, List, Nodes, marks, epoch: 1);
        }
        Assert.InRange(queue.Count, 8, 40);
        Assert.Equal(estimates.Index().Where(p => p.Item < float.PositiveInfinity).OrderBy(p => p.Item).Take(8).Select(p => p.Index), Enumerable.Range(0, 8).Select(_ => queue.Take()));
    }

    static (int[] Nodes, float[] Estimates) Draw(Generator random, int first)
    {
        float[] estimates = new float[List];
        random.Normal(estimates, 1, 3);
        return ([.. Enumerable.Range(first, List)], estimates);
    }
}
