using System.Buffers.Binary;

namespace Descent.Tensors.Formats;

/// <summary>The checksum of zip files and of PNG's chunks: CRC-32 of ISO 3309, reflected, with the polynomial 0xEDB88320.</summary>
public static class Crc32
{
    /// <summary>Row k tells what a byte does when k more bytes have passed since.</summary>
    static readonly uint[][] s_tables = CreateTables();

    /// <summary>The checksum of <paramref name="bytes"/>, or of bytes before them too.</summary>
    /// <param name="bytes">What is summed up.</param>
    /// <param name="before">The checksum of the bytes before; 0 where there are none.</param>
    public static uint Compute(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        uint[][] t = s_tables;
        uint crc = ~before;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            uint low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes), high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t[7][(byte)low] ^ t[6][(byte)(low >> 8)] ^ t[5][(byte)(low >> 16)] ^ t[4][low >> 24]
                ^ t[3][(byte)high] ^ t[2][(byte)(high >> 8)] ^ t[1][(byte)(high >> 16)] ^ t[0][high >> 24];
        }
        foreach (byte value in bytes) crc = t[0][(byte)(crc ^ value)] ^ crc >> 8;
        return ~crc;
    }

    static uint[][] CreateTables()
    {
        var tables = new uint[8][];
        for (int k = 0; k < tables.Length; k++)
        {
            tables[k] = new uint[256];
            for (uint i = 0; i < 256; i++)
            {
                uint crc = k == 0 ? i : tables[k - 1][i];
                for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? 0xEDB88320 ^ crc >> 1 : crc >> 1;
                tables[k][i] = crc;
            }
        }
        return tables;
    }
}
