using System.Collections;
using System.Numerics;
using System.Numerics.Tensors;

namespace Descent.Search;

/// <summary>A set of slots, a bit each.</summary>
sealed class SlotSet : IEnumerable<int>
{
    ulong[] _words = [];

    internal SlotSet()
    {
    }

    internal SlotSet(int slots) => _words = new ulong[(slots + 63) >> 6];

    internal int Count
    {
        get
        {
            int count = 0;
            foreach (ulong word in _words) count += BitOperations.PopCount(word);
            return count;
        }
    }

    /// <summary>64 slots each.</summary>
    internal ulong[] Words => _words;

    internal bool this[int slot] => slot >> 6 < _words.Length && (_words[slot >> 6] >> slot & 1) != 0;

    internal void Add(int slot)
    {
        if (slot >> 6 >= _words.Length) Array.Resize(ref _words, Math.Max((slot >> 6) + 1, 2 * _words.Length));
        _words[slot >> 6] |= 1UL << slot;
    }

    internal void Remove(int slot)
    {
        if (slot >> 6 < _words.Length) _words[slot >> 6] &= ~(1UL << slot);
    }

    internal SlotSet And(SlotSet other)
    {
        int common = Math.Min(_words.Length, other._words.Length);
        TensorPrimitives.BitwiseAnd(_words.AsSpan(0, common), other._words.AsSpan(0, common), _words);
        _words.AsSpan(common).Clear();
        return this;
    }

    internal SlotSet Or(SlotSet other)
    {
        if (_words.Length < other._words.Length) Array.Resize(ref _words, other._words.Length);
        TensorPrimitives.BitwiseOr(_words.AsSpan(0, other._words.Length), other._words, _words);
        return this;
    }

    internal SlotSet Except(SlotSet other)
    {
        for (int i = Math.Min(_words.Length, other._words.Length) - 1; i >= 0; i--) _words[i] &= ~other._words[i];
        return this;
    }

    internal SlotSet Copy() => new() { _words = (ulong[])_words.Clone() };

    public IEnumerator<int> GetEnumerator()
    {
        for (int i = 0; i < _words.Length; i++)
            for (ulong word = _words[i]; word != 0; word &= word - 1) yield return (i << 6) + BitOperations.TrailingZeroCount(word);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
