using System.Security.Cryptography;

namespace Descent.Search;

/// <summary>Places of ids in open-addressed tables.</summary>
static class IdHash
{
    // Drawn by lot, so that nobody can choose ids that all fall on one place.
    static readonly ulong s_salt = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;

    /// <param name="length">Places of the table, a power of 2.</param>
    internal static int Place(long id, int length)
    {
        ulong x = ((ulong)id ^ s_salt) * 0x9E37_79B9_7F4A_7C15;
        x = (x ^ x >> 32) * s_salt;
        return (int)(x >> 32) & (length - 1);
    }
}
