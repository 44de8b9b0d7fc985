namespace Descent.Tensors.Tests;

public sealed class Philox4x32Tests
{
    [Theory]
    [InlineData(0UL, 0UL, 0UL, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0UL, ~0UL, ~0UL, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x85a308d3_243f6a88UL, 0x03707344_13198a2eUL, 0x299f31d0_a4093822UL,
        0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Block_gives_the_known_answers_of_Random123(
        ulong counterLow, ulong counterHigh, ulong key, uint x0, uint x1, uint x2, uint x3) =>
        Assert.Equal((x0, x1, x2, x3), Philox4x32.Block(counterLow, counterHigh, key));

    public static TheoryData<ulong, ulong, ulong> Groups => new()
    {
        { 0, 0, 0 },
        { 1, 2, 3 },
        { 0x0123456789abcdef, 0xfedcba9876543210, 0x0fff_ffff_ffff_ffff },
        { ~0UL, ~0UL, 0x0fff_ffff },
    };

    [Theory, MemberData(nameof(Groups))]
    public void A_group_is_sixteen_blocks_on_every_register_width(ulong key, ulong stream, ulong index)
    {
        var expected = new uint[Philox4x32.GroupWords];
        for (var block = 0; block < Philox4x32.GroupBlocks; block++)
            (expected[block], expected[16 + block], expected[32 + block], expected[48 + block]) =
                Philox4x32.Block(16 * index + (ulong)block, stream, key);

        Check(Philox4x32.Group);
        Check(Philox4x32.Group<PhiloxLanes1>);
        if (PhiloxLanes2.IsSupported) Check(Philox4x32.Group<PhiloxLanes2>);
        if (PhiloxLanes4.IsSupported) Check(Philox4x32.Group<PhiloxLanes4>);
        if (PhiloxLanes8.IsSupported) Check(Philox4x32.Group<PhiloxLanes8>);

        void Check(GroupFunction group)
        {
            var words = new uint[Philox4x32.GroupWords];
            group(key, stream, index, words);
            Assert.Equal(expected, words);
        }
    }

    delegate void GroupFunction(ulong key, ulong stream, ulong index, Span<uint> words);
}
