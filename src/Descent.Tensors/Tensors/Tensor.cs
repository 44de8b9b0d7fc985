using System.Diagnostics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Descent.Tensors;

/// <summary>
/// An n-dimensional array of one element type: a strided view over a storage, and, where gradients are asked for, a
/// node of the tape. Operations are extension members, one family to a file under <c>Ops/</c>.
/// </summary>
/// <remarks>Nothing needs to be disposed; disposing early is allowed and returns the memory at once.</remarks>
[DebuggerDisplay("{DebuggerText,nq}")]
public class Tensor : IDisposable
{
    readonly Storage _storage;
    readonly Shape _shape;
    readonly int[]? _strides;
    AccumulateGrad? _accumulator;
    bool _requiresGrad, _disposed;

    /// <summary>A tensor over part of a storage; strides are null where the layout is row-major without gaps.</summary>
    internal Tensor(Storage storage, Shape shape, int[]? strides, int offset, DType dtype)
    {
        (_storage, _shape, _strides, Offset, DType) = (storage, shape, strides, offset, dtype);
        storage.Share();
    }

    /// <summary>Another tensor object over the same elements, outside the graph: what a parameter is made with.</summary>
    /// <param name="source">The tensor whose elements are shared.</param>
    protected Tensor(Tensor source) : this(source._storage, source._shape, source._strides, source.Offset, source.DType) { }

    /// <summary>Another tensor object over the same elements, optionally in the source's place of the graph.</summary>
    /// <param name="source">The tensor whose elements are shared.</param>
    /// <param name="keepGraph">Gradients of this tensor flow to where those of the source flow.</param>
    protected Tensor(Tensor source, bool keepGraph) : this(source)
    {
        if (!keepGraph) return;
        (Node, OutputIndex) = (source.Node, source.OutputIndex);
        if (Node is not null || !source.RequiresGrad) return;
        _requiresGrad = true;
        _accumulator = source.Accumulator;
    }

    /// <summary>The type of floating-point tensors that are made without naming one: Float32 or Float64.</summary>
    public static DType DefaultDType { get; set; } = DType.Float32;

    /// <summary>The sizes of the dimensions.</summary>
    public Shape Shape => _shape;

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The number of dimensions.</summary>
    public int Rank => _shape.Rank;

    /// <summary>The number of elements.</summary>
    public int Elements => _shape.Elements;

    /// <summary>Elements between neighbours along each dimension.</summary>
    public ReadOnlySpan<int> Strides => StrideArray;

    internal int[] StrideArray => _strides ?? _shape.ContiguousStrides();

    /// <summary>Where the first element lies in the storage, in elements.</summary>
    internal int Offset { get; }

    internal Storage Storage => _storage;

    /// <summary>Whether the elements lie in row-major order without gaps.</summary>
    public bool IsContiguous => _strides is null;

    /// <summary>Raised by every in-place change of this tensor or of another view of its storage.</summary>
    public int Version => _storage.Version;

    /// <summary>
    /// Raises <see cref="Version"/> after elements were written through a span, so that a backward pass that needs their
    /// old values fails instead of using the new ones.
    /// </summary>
    public void MarkChanged() => _storage.Changed();

    /// <summary>The node that made this tensor, or null for a leaf.</summary>
    internal Node? Node { get; set; }

    /// <summary>Which of the node's outputs this is.</summary>
    internal int OutputIndex { get; set; }

    /// <summary>The node that adds to <see cref="Grad"/> of this leaf. Threads that ask for the first time at once get the same one.</summary>
    internal AccumulateGrad Accumulator => _accumulator ?? Interlocked.CompareExchange(ref _accumulator, new(this), null) ?? _accumulator;

    /// <summary>The tensor this is a view of, where an in-place change would have to be told to it.</summary>
    internal Tensor? ViewOf { get; init; }

    /// <summary>The storage's version when this view was made.</summary>
    internal int ViewVersion { get; init; }

    /// <summary>The sum of the gradients that arrived at this leaf, or null before the first.</summary>
    public Tensor? Grad { get; set; }

    /// <summary>Whether this tensor was not computed from others that require gradients.</summary>
    public bool IsLeaf => Node is null;

    /// <summary>Whether gradients flow to this tensor. Settable on leaves of floating type.</summary>
    /// <exception cref="InvalidOperationException">The tensor is no leaf, or its type has no gradient.</exception>
    public bool RequiresGrad
    {
        get => _requiresGrad || Node is not null;
        set
        {
            if (Node is not null)
            {
                if (value) return;
                throw new InvalidOperationException("RequiresGrad: only a leaf can stop requiring gradients; this tensor was " +
                    $"computed by {Node.Name}. Use Detach().");
            }
            if (value && !DType.IsFloatingPoint)
                throw new InvalidOperationException($"RequiresGrad: the type is {DType}; only floating-point tensors have gradients.");
            _requiresGrad = value;
        }
    }

    /// <summary>A new tensor of unspecified contents.</summary>
    internal static Tensor Uninitialized(Shape shape, DType dtype) =>
        new(Storage.Allocate((long)shape.Elements * dtype.Size), shape, null, 0, dtype);

    /// <summary>A tensor object over the same storage.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="strides">Its strides; row-major ones are recognised.</param>
    /// <param name="offset">Its first element within the storage.</param>
    internal Tensor Alias(Shape shape, int[]? strides, int offset) =>
        new(_storage, shape, Normalize(shape, strides), offset, DType) { ViewOf = ViewOf ?? this, ViewVersion = Version };

    /// <summary>The strides, or null where they are those of the row-major layout without gaps.</summary>
    internal static int[]? Normalize(Shape shape, int[]? strides)
    {
        if (strides is null) return null;
        var dims = shape.Dims;
        int expected = 1;
        bool empty = false;
        foreach (int d in dims) empty |= d == 0;
        if (empty) return null;
        for (int i = dims.Length - 1; i >= 0; i--)
        {
            if (dims[i] != 1 && strides[i] != expected) return strides;
            expected *= dims[i];
        }
        return null;
    }

    /// <summary>The elements in row-major order, for this assembly, which keeps no span while it calls other operations.</summary>
    internal Span<T> AsSpan<T>() where T : unmanaged
    {
        CheckType<T>();
        CheckContiguous("AsSpan");
        return _storage.Span<T>(Offset, Elements);
    }

    /// <summary>The elements as bytes, for this assembly.</summary>
    internal Span<byte> AsBytes()
    {
        CheckContiguous("AsBytes");
        return _storage.Bytes(Offset, Elements, DType.Size);
    }

    void CheckContiguous(string caller)
    {
        if (_strides is not null)
            throw new InvalidOperationException($"{caller}: the layout {_shape} with strides ({string.Join(", ", _strides)}) is not contiguous. Call Contiguous() first.");
    }

    /// <summary>The elements as a strided tensor span, without a copy, for System.Numerics.Tensors.</summary>
    /// <exception cref="InvalidOperationException">The type is not <typeparamref name="T"/>, or a stride is negative.</exception>
    public ReadOnlyTensorSpan<T> AsTensorSpan<T>() where T : unmanaged
    {
        CheckType<T>();
        _storage.IsExposed = true;
        var lengths = Array.ConvertAll(_shape.Dims, d => (nint)d);
        if (_strides is null) return new(_storage.Span<T>(Offset, Elements), lengths);
        if (_strides.Any(s => s < 0))
            throw new InvalidOperationException("AsTensorSpan: a stride is negative. Call Contiguous() first.");
        // A stride along a dimension of one element is never stepped; 0 is what the span's own checks expect there.
        var strides = new nint[_strides.Length];
        for (int i = 0; i < strides.Length; i++) strides[i] = _shape[i] == 1 ? 0 : _strides[i];
        return new(Raw<T>(), lengths, strides);
    }

    void CheckType<T>() where T : unmanaged
    {
        if (DType.Of<T>() != DType)
            throw new InvalidOperationException($"The elements are {DType}, not {DType.Of<T>()}. Convert with To({nameof(DType)}.{DType.Of<T>()}).");
    }

    /// <summary>The storage from the first element to the last one that the layout touches, for positive strides.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<T> Raw<T>() where T : unmanaged
    {
        if (_strides is null) return _storage.Span<T>(Offset, Elements);
        int last = 0;
        for (int i = 0; i < _strides.Length; i++)
            if (_strides[i] > 0) last += (_shape[i] - 1) * _strides[i];
        return _storage.Span<T>(Offset, last + 1);
    }

    /// <summary>
    /// The whole storage as a reference to this tensor's first element, for kernels that walk strides of any sign.
    /// </summary>
    internal ref T First<T>() where T : unmanaged =>
        ref System.Runtime.InteropServices.MemoryMarshal.GetReference(_storage.Span<T>(Offset, 0));

    /// <summary>
    /// A part, one index per dimension: <c>x[1..3, .., ^1]</c>. Integers select, ranges and slices narrow, tensors of
    /// integers or bools pick; missing indices take their dimensions whole. Without a tensor among them the part is a view.
    /// </summary>
    /// <remarks>Assigning broadcasts the value and is recorded: x then stands for its new value in the graph.</remarks>
    /// <exception cref="ShapeException">There are more indices than dimensions, or a mask or value does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range. The ends of ranges are cut, as Python's.</exception>
    [IndexerName("Part")]
    public Tensor this[params ReadOnlySpan<TensorIndex> index]
    {
        get => Indexing.Get(this, index);
        set => Indexing.Set(this, index, value);
    }

    /// <summary>The value of a tensor of one element.</summary>
    /// <exception cref="InvalidOperationException">There is not exactly one element.</exception>
    public T Item<T>() where T : unmanaged, System.Numerics.INumberBase<T>
    {
        if (Elements != 1) throw new InvalidOperationException($"Item: the shape is {_shape}; expected exactly one element.");
        T value = DType switch
        {
            DType.Float32 => T.CreateTruncating(First<float>()),
            DType.Float64 => T.CreateTruncating(First<double>()),
            DType.Float16 => T.CreateTruncating((float)First<Half>()),
            DType.BFloat16 => T.CreateTruncating((float)First<BFloat16>()),
            DType.Int64 => T.CreateTruncating(First<long>()),
            DType.Int32 => T.CreateTruncating(First<int>()),
            DType.Int8 => T.CreateTruncating(First<sbyte>()),
            _ => T.CreateTruncating(First<byte>()),
        };
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>The value of a tensor of one element, as a double.</summary>
    /// <exception cref="InvalidOperationException">There is not exactly one element.</exception>
    public double Item() => Item<double>();

    /// <summary>Returns the memory now where no other tensor shares it. Never needed.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _storage.Unshare();
        GC.SuppressFinalize(this);
    }

    /// <summary>The elements, aligned and elided as PyTorch prints them, with shape and type where not evident.</summary>
    public override string ToString() => TensorPrinter.Print(this);

    string DebuggerText => $"{DType} {_shape}{(RequiresGrad ? " requires grad" : "")}: {(Elements <= 16 ? ToString() : "…")}";
}
