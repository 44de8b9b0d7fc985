namespace Descent.Tensors.Kernels;

/// <summary>Neighbours in memory of float32 or a narrow type, read and written as float32 a block at a time.</summary>
unsafe readonly struct FloatLine(void* pointer, DType type)
{
    /// <summary>Elements of a block: the buffers of three operands stay in the first cache.</summary>
    public const int Block = 1024;

    public bool IsNull => pointer == null;

    /// <summary>The line from an element on.</summary>
    public FloatLine From(nint start) => new((byte*)pointer + start * type.Size, type);

    /// <summary>The line as a matrix that is packed in pairs; of float32 or bfloat16.</summary>
    public PairMatrix AsMatrix(nint stride, nint kStride) =>
        type == DType.Float32 ? new((float*)pointer, stride, kStride) : new((BFloat16*)pointer, stride, kStride);

    /// <summary>Elements from <paramref name="start"/> on: where they are, or widened into <paramref name="buffer"/>.</summary>
    public float* Read(nint start, int count, float* buffer)
    {
        switch (type)
        {
            case DType.Float32: return (float*)pointer + start;
            case DType.BFloat16: NarrowFloats.Widen((BFloat16*)pointer + start, buffer, count); return buffer;
            default: NarrowFloats.Widen((Half*)pointer + start, buffer, count); return buffer;
        }
    }

    /// <summary>Where to compute elements that are then to be <see cref="Write"/>n.</summary>
    public float* Target(nint start, float* buffer) => type == DType.Float32 ? (float*)pointer + start : buffer;

    /// <summary>Narrows what was computed in the buffer; float32 is already in place.</summary>
    public void Write(nint start, int count, float* buffer)
    {
        if (type == DType.BFloat16) NarrowFloats.Narrow(buffer, (BFloat16*)pointer + start, count);
        else if (type == DType.Float16) NarrowFloats.Narrow(buffer, (Half*)pointer + start, count);
    }
}
