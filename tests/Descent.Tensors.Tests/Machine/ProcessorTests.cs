namespace Descent.Tensors.Tests.Machine;

public sealed class ProcessorTests
{
    [Theory]
    [InlineData(null, IsaTier.Amx)]
    [InlineData("", IsaTier.Amx)]
    [InlineData("portable", IsaTier.Portable)]
    [InlineData("AVX2", IsaTier.Avx2)]
    [InlineData(" avx512 ", IsaTier.Avx512)]
    [InlineData("amx", IsaTier.Amx)]
    public void The_tier_cap_is_read_from_the_environment(string? text, IsaTier expected) =>
        Assert.Equal(expected, Processor.ParseCap(text));

    [Fact]
    public void An_unknown_tier_is_named_with_the_known_ones()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Processor.ParseCap("sse9"));
        Assert.Contains("'sse9'", error.Message, StringComparison.Ordinal);
        Assert.Contains("portable, avx2, avx512 or amx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tier_in_use_is_one_that_the_machine_has() => Assert.InRange(Numerics.Isa, IsaTier.Portable, Processor.Best);

    [Fact]
    public void What_may_be_used_is_what_the_machine_has_below_the_cap()
    {
        Assert.True(Processor.CanRun(Processor.Allowed));
        Assert.Equal(Numerics.Isa >= IsaTier.Avx2, Processor.Has(InstructionSets.Avx2));
        Assert.Equal(Numerics.Isa >= IsaTier.Avx512, Processor.Has(InstructionSets.Avx512));
        Assert.Equal(Numerics.Isa >= IsaTier.Amx, Processor.Has(InstructionSets.AmxBf16));
    }

    [Fact]
    public void Caches_grow_with_their_level()
    {
        var (l1, l2, l3) = Processor.Caches;
        Assert.InRange(l1, 8 << 10, 1 << 20);
        Assert.True(l2 > l1);
        Assert.True(l3 == 0 || l3 >= l2);
    }
}
