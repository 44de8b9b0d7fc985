using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors;

/// <summary>
/// The bytes behind one or more tensors, with the version that every in-place change raises. Nobody has to release it:
/// an unreachable storage's block returns to the cache.
/// </summary>
/// <remarks>
/// The bytes may not have been computed yet, or chains of operations that have not run may still have to read them
/// (<see cref="ChainValue"/>). Then neither array nor pointer is set, and whoever asks for the bytes settles that first: so
/// no other code has to know of it.
/// </remarks>
sealed unsafe class Storage
{
    /// <summary>Up to this a managed array is cheaper than a block and a weak handle.</summary>
    internal const int SmallBytes = 1024;

    static long s_serial;

    byte[]? _array;
    byte* _pointer;
    byte[]? _small;
    Block? _block;
    ChainValue? _value;
    int _version, _shares;

    Storage(long byteLength)
    {
        ByteLength = byteLength;
        Serial = Interlocked.Increment(ref s_serial);
    }

    internal static Storage Allocate(long bytes)
    {
        var storage = new Storage(bytes);
        if (bytes <= SmallBytes) storage._array = storage._small = bytes == 0 ? [] : GC.AllocateUninitializedArray<byte>((int)bytes);
        else storage._pointer = (storage._block = Block.Rent(bytes)).Pointer;
        return storage;
    }

    /// <summary>A storage whose bytes a chain of operations will compute.</summary>
    internal static Storage Awaiting(ChainValue value, long bytes)
    {
        var storage = new Storage(bytes) { _value = value };
        value.Owner = storage;
        return storage;
    }

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

    internal void Share()
    {
        // Of the first tensor no other thread knows.
        if (_shares == 0) _shares = 1;
        else Interlocked.Increment(ref _shares);
    }

    internal void Unshare()
    {
        if (Interlocked.Decrement(ref _shares) == 0) Release();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<T> Span<T>(int offset, int length) where T : unmanaged
    {
        byte* pointer = _pointer;
        var array = _array;
        if (pointer == null && array is null)
        {
            pointer = Settle();
            array = _small;
        }
        return array is not null
            ? MemoryMarshal.CreateSpan(ref Unsafe.Add(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), offset), length)
            : new((T*)pointer + offset, length);
    }

    /// <summary>The bytes of elements; offset and count are of elements of that size.</summary>
    internal Span<byte> Bytes(int offset, int count, int size) => size switch
    {
        8 => MemoryMarshal.AsBytes(Span<long>(offset, count)),
        4 => MemoryMarshal.AsBytes(Span<int>(offset, count)),
        2 => MemoryMarshal.AsBytes(Span<short>(offset, count)),
        _ => Span<byte>(offset, count),
    };

    void Release()
    {
        if (_small is not null) return;
        _pointer = null;
        if (_value is { } value)
        {
            _value = null;
            value.Disown(this);
        }
        else ReturnBlock();
    }

    // ---- Of chains -------------------------------------------------------------------------------------------------

    /// <summary>Whether a span of the bytes was given to other assemblies, which may write to it at any time.</summary>
    internal bool IsExposed { get; set; }

    /// <summary>Whether the bytes are in a block, so that an in-place change may leave the old ones to their readers.</summary>
    internal bool IsReplaceable => _small is null && !IsExposed;

    /// <summary>What the bytes hold, for a chain to read later; it counts as read until the caller releases it.</summary>
    /// <exception cref="ObjectDisposedException">The tensor was disposed.</exception>
    internal ChainValue Hold(DType type)
    {
        while (true)
        {
            var value = _value;
            if (value is null)
            {
                if (_block is null && _small is null) ThrowDisposed();
                value = new(type, (int)(ByteLength / type.Size)) { Owner = this, Content = this };
                if (Interlocked.CompareExchange(ref _value, value, null) is { } other) value = other;
            }
            value.Hold();
            if (ReferenceEquals(Volatile.Read(ref _value), value))
            {
                Guard();
                return value;
            }
            value.Release(); // Another thread settled it meanwhile.
        }
    }

    /// <summary>From now on the bytes are not given away without asking.</summary>
    void Guard()
    {
        _array = null;
        _pointer = null;
    }

    /// <summary>Runs what the bytes are computed by, and gives chains that have yet to read them a copy.</summary>
    /// <returns>The bytes, if they are in a block.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal byte* Settle()
    {
        while (true)
        {
            if (_value is { } value)
            {
                if (value.IsPending) ChainRun.Run(value);
                lock (value)
                {
                    if (!ReferenceEquals(_value, value) || value.IsPending) continue;
                    if (value.Readers > 0) value.LeaveTo(Copy());
                    else
                    {
                        Interlocked.Exchange(ref _value, null);
                        if (value.Readers > 0)
                        {
                            _value = value;
                            continue;
                        }
                    }
                    _value = null;
                }
            }
            byte* pointer = _block is { } block ? block.Pointer : null;
            if (pointer == null && _small is null && ByteLength > 0) ThrowDisposed();
            _pointer = pointer;
            _array = _small;
            Interlocked.MemoryBarrier();
            if (_value is null) return pointer;
            Guard();
        }
    }

    /// <summary>What the bytes will be computed from, if they have yet to be.</summary>
    internal ChainValue? Pending => _value is { IsPending: true } value ? value : null;

    /// <summary>Computes the bytes now, where they wait for it.</summary>
    internal void Compute()
    {
        if (_value is { IsPending: true } value) ChainRun.Run(value);
    }

    /// <summary>The place of the bytes for a running chain, which holds the value so that they stay as they are.</summary>
    internal byte* Address => _block is { } block ? block.Pointer : null;

    internal Block? BlockInUse => _block;

    /// <summary>The bytes of a storage that is too small for a block.</summary>
    internal byte[]? Small => _small;

    /// <summary>Takes the computed bytes.</summary>
    internal void Fill(Block block, bool guarded)
    {
        _block = block;
        if (!guarded) _pointer = block.Pointer;
    }

    /// <summary>From now on these bytes are <paramref name="value"/>, yet to be computed; the old ones are left to their readers.</summary>
    internal void Replace(ChainValue value)
    {
        if (_value is { } old)
            lock (old)
            {
                old.Owner = null;
                if (_block is { } block) old.Content = Of(block, ByteLength);
            }
        _block = null;
        value.Owner = this;
        _value = value;
        Guard();
    }

    /// <summary>A storage of a block.</summary>
    internal static Storage Of(Block block, long bytes) => new(bytes) { _block = block, _pointer = block.Pointer };

    /// <summary>Another storage of this block, for readers of bytes whose tensors were disposed.</summary>
    internal Storage Moved() => Of(_block!, ByteLength);

    /// <summary>Forgets the block, which another storage holds now.</summary>
    internal void Leave() => _block = null;

    /// <summary>Gives away the block.</summary>
    internal Block? TakeBlock() => Interlocked.Exchange(ref _block, null);

    internal void ReturnBlock() => Interlocked.Exchange(ref _block, null)?.Return();

    Storage Copy()
    {
        var copy = new Storage(ByteLength);
        if (_small is { } small) copy._small = (byte[])small.Clone();
        else
        {
            copy._block = Block.Rent(ByteLength);
            Buffer.MemoryCopy(_block!.Pointer, copy._block.Pointer, ByteLength, ByteLength);
        }
        return copy;
    }

    static void ThrowDisposed() => throw new ObjectDisposedException(nameof(Tensor), "The tensor was disposed. Disposing is " +
        "never needed; keep the tensor, or clone it before the scope ends.");
}
