using Descent.Tensors;

namespace Descent.Search.Tests;

public class SlotTableTests
{
    [Fact]
    public void It_finds_what_a_dictionary_finds_however_much_comes_and_goes()
    {
        using var rows = new RowMemory(16);
        var table = new SlotTable(rows);
        var expected = new Dictionary<long, int>();
        var random = new Generator(4);
        for (int step = 0; step < 6_000; step++)
        {
            // Few of them at times, and many at others.
            long id = random.NextInt64(-(step % 900), 40) * 0x1_0000_0001;
            if (random.NextInt64(0, 2) == 0)
            {
                table.Remove(id);
                expected.Remove(id);
            }
            else
            {
                table.Reserve(step + 1, 1);
                table.SetId(step, id);
                table.Set(step);
                expected[id] = step;
            }
            Assert.Equal(expected.Count, table.Count);
            long asked = random.NextInt64(-900, 40) * 0x1_0000_0001;
            Assert.Equal(expected.TryGetValue(asked, out int slot), table.TryFind(asked, out int found));
            if (expected.ContainsKey(asked)) Assert.Equal(slot, found);
        }
        foreach (var (id, slot) in expected) Assert.True(table.TryFind(id, out int found) && found == slot);
    }
}
