using System.Buffers;

namespace Descent.Search;

/// <summary>A query as the codec wants it, in rented memory.</summary>
readonly ref struct PreparedQuery
{
    readonly float[] _rented;
    readonly int _length;

    internal PreparedQuery(RowCodec codec, ReadOnlySpan<float> query)
    {
        _length = codec.QueryFloats;
        _rented = ArrayPool<float>.Shared.Rent(_length);
        codec.Prepare(query, _rented.AsSpan(0, _length));
    }

    internal ReadOnlySpan<float> Values => _rented.AsSpan(0, _length);

    public void Dispose() => ArrayPool<float>.Shared.Return(_rented);
}
