using Descent.Tensors;

namespace Descent.Search.Tests;

public class GraphChangesTests
{
    public static TheoryData<string> Cases => [.. IndexCase.All.Keys.Where(name => !name.StartsWith("flat", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Cases))]
    public void The_graph_is_sound_after_any_changes(string name)
    {
        const int dimension = 4, ids = 150;
        using var index = IndexCase.All[name].Create(dimension);
        var random = new Generator(17);
        var there = new HashSet<long>();
        for (int step = 0; step < 60; step++)
        {
            long[] some = [.. Enumerable.Range(0, (int)random.NextInt64(1, step % 7 == 0 ? 100 : 12)).Select(_ => random.NextInt64(0, ids)).Distinct()];
            if (random.NextInt64(0, 2) == 0)
            {
                index.Remove(some);
                there.ExceptWith(some);
            }
            else
            {
                float[] x = IndexCase.Sample(some.Length, dimension, (ulong)step);
                // Many equal ones among them.
                for (int i = 0; i < x.Length; i++) x[i] = MathF.Round(x[i]);
                index.Add(some, x);
                there.UnionWith(some);
            }
            Assert.Equal(there.Count, index.Count);
            Assert.Equal(there.Count, index.Statistics.Reachable);
            using var file = new MemoryStream();
            index.Save(file);
            file.Position = 0;
            // What is read is checked: lists, and the tree that keeps all reachable.
            using var opened = IndexFile.Read(file, $"after step {step}");
            Assert.Equal(there.Count, opened.Count);
        }
    }
}
