using System.Runtime.CompilerServices;

namespace Descent.Search;

/// <summary>The distance of a prepared query to a row: a vector, or a code of one.</summary>
unsafe interface IDistance
{
    static abstract float Of(float* query, byte* row, int width);
}

/// <summary>The distance of a prepared query to a stored vector.</summary>
unsafe interface IRowDistance : IDistance
{
    /// <summary>A row as a prepared query: itself, or decoded into <paramref name="room"/>.</summary>
    static abstract float* AsQuery(byte* row, float* room, int width);
}

readonly unsafe struct NumberDistance<T, TElements, TMeasure> : IRowDistance
    where T : unmanaged where TElements : struct, IElements<T> where TMeasure : struct, IMeasure
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of(float* query, byte* row, int width) => DistanceKernels.Distance<T, TElements, TMeasure>(query, (T*)row, width);

    public static float* AsQuery(byte* row, float* room, int width)
    {
        if (typeof(T) == typeof(float)) return (float*)row;
        DistanceKernels.Decode<T, TElements>((T*)row, room, width);
        return room;
    }
}

readonly unsafe struct HammingDistance : IRowDistance
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of(float* query, byte* row, int width) => DistanceKernels.Hamming((ulong*)query, (ulong*)row, width / 2);

    public static float* AsQuery(byte* row, float* room, int width) => (float*)row;
}
