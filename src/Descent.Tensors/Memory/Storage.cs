using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors;

/// <summary>
/// The bytes behind one or more tensors, with the version that every in-place change raises. Nobody has to release it:
/// an unreachable storage's block returns to the cache.
/// </summary>
abstract unsafe class Storage
{
    /// <summary>Up to this a managed array is cheaper than a block and a weak handle.</summary>
    internal const int SmallBytes = 1024;

    static long s_serial;

    readonly byte[]? _array;
    byte* _pointer;
    int _version, _shares;

    private protected Storage(byte[]? array, byte* pointer, long byteLength)
    {
        _array = array;
        _pointer = pointer;
        ByteLength = byteLength;
        Serial = Interlocked.Increment(ref s_serial);
    }

    internal static Storage Allocate(long bytes) => bytes <= SmallBytes ? new SmallStorage((int)bytes) : new BlockStorage(bytes);

    internal long ByteLength { get; }

    /// <summary>Rises with every storage made; tells what was made since some moment.</summary>
    internal long Serial { get; }

    internal static long LastSerial => Volatile.Read(ref s_serial);

    internal int Version => _version;

    internal void Changed() => _version++;

    /// <summary>The version that the last in-place change on the tape made; views from before it have lost their history.</summary>
    internal int LastRecordedChange { get; private set; }

    internal void ChangedOnTape() => LastRecordedChange = ++_version;

    /// <summary>How many tensors were made on this storage and not disposed; dropped ones still count.</summary>
    internal int Shares => Volatile.Read(ref _shares);

    internal void Share() => Interlocked.Increment(ref _shares);

    internal void Unshare()
    {
        if (Interlocked.Decrement(ref _shares) == 0) Release();
    }

    private protected virtual void Release() { }

    private protected byte* Detach()
    {
        byte* p = _pointer;
        _pointer = null;
        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<T> Span<T>(int offset, int length) where T : unmanaged
    {
        if (_array is { } array)
            return MemoryMarshal.CreateSpan(ref Unsafe.Add(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), offset), length);
        if (_pointer == null && ByteLength > 0) ThrowDisposed();
        return new((T*)_pointer + offset, length);
    }

    /// <summary>The bytes of elements; offset and count are of elements of that size.</summary>
    internal Span<byte> Bytes(int offset, int count, int size) => size switch
    {
        8 => MemoryMarshal.AsBytes(Span<long>(offset, count)),
        4 => MemoryMarshal.AsBytes(Span<int>(offset, count)),
        2 => MemoryMarshal.AsBytes(Span<short>(offset, count)),
        _ => Span<byte>(offset, count),
    };

    static void ThrowDisposed() => throw new ObjectDisposedException(nameof(Tensor), "The tensor was disposed. Disposing is " +
        "never needed; keep the tensor, or clone it before the scope ends.");

    sealed class SmallStorage(int bytes) : Storage(bytes == 0 ? [] : GC.AllocateUninitializedArray<byte>(bytes), null, bytes);

    sealed class BlockStorage : Storage
    {
        readonly int _loan;

        internal BlockStorage(long bytes) : base(null, null, bytes) => _pointer = BlockCache.Rent(this, bytes, out _loan);

        private protected override void Release()
        {
            byte* block = Detach();
            if (block != null) BlockCache.Return(_loan);
        }
    }
}
