namespace Descent.Tensors.Kernels;

/// <summary>What was worked out for shapes of late: those of a training step come again and again. One thread's.</summary>
sealed class ShapeMemory<TKey, TValue> where TKey : struct, IEquatable<TKey> where TValue : struct
{
    const int Places = 64;

    readonly TKey[] _keys = new TKey[Places];
    readonly TValue[] _values = new TValue[Places];

    /// <summary>The place for a shape; its value is to be worked out unless <paramref name="isKnown"/>.</summary>
    public ref TValue Find(int m, int n, int k, in TKey key, out bool isKnown)
    {
        uint place = (uint)HashCode.Combine(m, n, k) % Places;
        isKnown = _keys[place].Equals(key);
        _keys[place] = key;
        return ref _values[place];
    }
}
