using Descent.Tensors.Kernels;

namespace Descent.Tensors.Tests.Kernels;

/// <summary>Conversions of spans against those of single numbers, bit by bit.</summary>
public sealed unsafe class NarrowFloatsTests
{
    [Fact]
    public void Every_bfloat16_widens_and_narrows_to_itself()
    {
        var bits = new BFloat16[1 << 16];
        for (int i = 0; i < bits.Length; i++) bits[i] = BFloat16.FromBits((ushort)i);
        var (wide, back) = (new float[bits.Length], new BFloat16[bits.Length]);
        fixed (BFloat16* x = bits, z = back)
        fixed (float* y = wide)
        {
            NarrowFloats.Widen(x, y, bits.Length);
            NarrowFloats.Narrow(y, z, bits.Length);
        }
        for (int i = 0; i < bits.Length; i++)
        {
            Assert.Equal(BitConverter.SingleToUInt32Bits(bits[i]), BitConverter.SingleToUInt32Bits(wide[i]));
            Assert.Equal(float.IsNaN(wide[i]) ? i | 0x40 : i, back[i].Bits);
        }
    }

    [Fact]
    public void Every_float16_widens_and_narrows_to_itself()
    {
        var bits = new Half[1 << 16];
        for (int i = 0; i < bits.Length; i++) bits[i] = BitConverter.UInt16BitsToHalf((ushort)i);
        var (wide, back) = (new float[bits.Length], new Half[bits.Length]);
        fixed (Half* x = bits, z = back)
        fixed (float* y = wide)
        {
            NarrowFloats.Widen(x, y, bits.Length);
            NarrowFloats.Narrow(y, z, bits.Length);
        }
        for (int i = 0; i < bits.Length; i++)
        {
            if (Half.IsNaN(bits[i])) Assert.True(float.IsNaN(wide[i]) && Half.IsNaN(back[i]) && (BitConverter.HalfToUInt16Bits(back[i]) & 0x200) != 0);
            else
            {
                Assert.Equal((float)bits[i], wide[i]);
                Assert.Equal((ushort)i, BitConverter.HalfToUInt16Bits(back[i]));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(100)]
    public void Rounding_is_to_nearest_even_at_every_length(int length)
    {
        var random = new Random(length);
        uint[] special = [0, 0x80000000, 1, 0x7FFF, 0x8000, 0x8001, 0x18000, 0x18001, 0x17FFF, 0x7F7FFFFF, 0x7F7F7FFF, 0x7F7F8000, 0x7F800000, 0xFF800000, 0x7F800001, 0x7FFFFFFF, 0xFFFFFFFF, 0x477FF000, 0x33000000, 0x33000001, 0x38800000, 0x387FC000];
        for (int round = 0; round < 20; round++)
        {
            var x = new float[length + 1];
            for (int i = 0; i < x.Length; i++)
                x[i] = BitConverter.UInt32BitsToSingle(random.Next(2) == 0 ? special[random.Next(special.Length)] : (uint)random.NextInt64(1L << 32));
            var (y, h, r) = (new BFloat16[length + 1], new Half[length + 1], new float[length + 1]);
            fixed (float* px = x, pr = r)
            fixed (BFloat16* py = y)
            fixed (Half* ph = h)
            {
                NarrowFloats.Narrow(px, py, length);
                NarrowFloats.Narrow(px, ph, length);
                NarrowFloats.Round(px, pr, length);
            }
            for (int i = 0; i < length; i++)
            {
                Assert.Equal(((BFloat16)x[i]).Bits, y[i].Bits);
                Assert.Equal(BitConverter.SingleToUInt32Bits((BFloat16)x[i]), BitConverter.SingleToUInt32Bits(r[i]));
                if (!float.IsNaN(x[i])) Assert.Equal(BitConverter.HalfToUInt16Bits((Half)x[i]), BitConverter.HalfToUInt16Bits(h[i]));
            }
            Assert.Equal((0, 0, 0f), (y[length].Bits, BitConverter.HalfToUInt16Bits(h[length]), r[length]));
        }
    }
}
