namespace Descent.NN;

/// <summary>The checksum of PNG's chunks: CRC-32 of ISO 3309, reflected, with the polynomial 0xEDB88320.</summary>
static class Crc32
{
    static readonly uint[] s_table = CreateTable();

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var value in bytes)
            crc = s_table[(byte)(crc ^ value)] ^ crc >> 8;
        return ~crc;
    }

    static uint[] CreateTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ crc >> 1 : crc >> 1;
            table[i] = crc;
        }

        return table;
    }
}
