using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Descent.Search;

/// <summary>How keys stand in files: strings as UTF-8, whole numbers as 8 bytes.</summary>
abstract class KeyCodec<TKey> where TKey : notnull
{
    /// <exception cref="NotSupportedException">The type of key is neither string nor long.</exception>
    internal static KeyCodec<TKey> Instance { get; } =
        typeof(TKey) == typeof(string) ? (KeyCodec<TKey>)(object)new StringKeys() :
        typeof(TKey) == typeof(long) ? (KeyCodec<TKey>)(object)new LongKeys() : null!;

    /// <summary>The type's number in files.</summary>
    internal abstract int Kind { get; }

    /// <exception cref="ArgumentException">It cannot be a key.</exception>
    internal abstract byte[] Write(TKey key);

    internal abstract bool TryRead(ReadOnlySpan<byte> bytes, [MaybeNullWhen(false)] out TKey key);
}

sealed class StringKeys : KeyCodec<string>
{
    const int MostBytes = 4096;

    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    internal override int Kind => 1;

    internal override byte[] Write(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] bytes;
        try
        {
            bytes = s_strict.GetBytes(key);
        }
        catch (EncoderFallbackException error)
        {
            throw new ArgumentException($"The key has half a surrogate pair at {error.Index}; keys are text.", nameof(key), error);
        }
        return bytes.Length <= MostBytes ? bytes
            : throw new ArgumentException($"The key takes {bytes.Length} bytes; at most {MostBytes} are possible.", nameof(key));
    }

    internal override bool TryRead(ReadOnlySpan<byte> bytes, [MaybeNullWhen(false)] out string key)
    {
        bool isSound = bytes.Length <= MostBytes && System.Text.Unicode.Utf8.IsValid(bytes);
        key = isSound ? Encoding.UTF8.GetString(bytes) : null;
        return isSound;
    }
}

sealed class LongKeys : KeyCodec<long>
{
    internal override int Kind => 2;

    internal override byte[] Write(long key)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, key);
        return bytes;
    }

    internal override bool TryRead(ReadOnlySpan<byte> bytes, out long key) => BinaryPrimitives.TryReadInt64LittleEndian(bytes, out key) && bytes.Length == sizeof(long);
}
