using System.Numerics;
using System.Runtime.InteropServices;

namespace Descent.Tensors.Tests.Kernels;

/// <summary>Native memory between two guard zones that nothing may write; contents are drawn uniformly from −1 to 1.</summary>
sealed unsafe class Guarded<T> : IDisposable where T : unmanaged, INumber<T>
{
    const int Zone = 64;

    readonly T* _memory;
    readonly T _mark = T.CreateChecked(77);

    public Guarded(int length, int seed = 0)
    {
        Length = length;
        _memory = (T*)NativeMemory.AlignedAlloc((nuint)((length + 2 * Zone) * sizeof(T)), 64);
        new Span<T>(_memory, length + 2 * Zone).Fill(_mark);
        var random = new Random(seed);
        foreach (ref T x in Span)
            x = T.CreateTruncating(random.NextDouble() * 2 - 1);
    }

    public int Length { get; }

    public T* Pointer => _memory + Zone;

    public Span<T> Span => new(Pointer, Length);

    public T this[long index] => Span[checked((int)index)];

    public void AssertGuardsIntact()
    {
        for (int i = 0; i < Zone; i++)
        {
            Assert.Equal(_mark, _memory[i]);
            Assert.Equal(_mark, _memory[Zone + Length + i]);
        }
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
