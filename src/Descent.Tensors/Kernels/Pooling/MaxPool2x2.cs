using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The commonest pooling, 2 × 2 windows side by side, without branches. What it remembers for the gradient is a byte per
/// window: 0 to 3, row by row, for the element that was the maximum.
/// </summary>
/// <remarks>An odd last row or column of x belongs to no window. Values and ties are those of <see cref="Pooling"/>.</remarks>
static unsafe class MaxPool2x2
{
    /// <summary>y <c>(planes, h / 2, w / 2)</c> from x <c>(planes, h, w)</c>; <paramref name="choices"/> may be null.</summary>
    public static void Forward<T>(int planes, int h, int w, T* x, T* y, byte* choices)
        where T : unmanaged, INumber<T>
    {
        if (h > 1 && w > 1)
            WorkerPool.For(planes, new ForwardBody<T>(h, w, x, y, choices));
    }

    /// <summary>dx from dy and the choices that <see cref="Forward"/> made.</summary>
    public static void Gradient<T>(int planes, int h, int w, byte* choices, T* dy, T* dx)
        where T : unmanaged, INumber<T> =>
        WorkerPool.For(planes, new GradientBody<T>(h, w, choices, dy, dx));

    /// <summary>The choices as positions in their planes of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToIndices(int planes, int h, int w, byte* choices, long* indices)
    {
        int outH = h / 2, outW = w / 2;
        for (int plane = 0; plane < planes; plane++)
            for (int row = 0; row < outH; row++)
                for (int column = 0; column < outW; column++, choices++, indices++)
                    *indices = (2L * row + (*choices >> 1)) * w + 2 * column + (*choices & 1);
    }

    readonly struct ForwardBody<T>(int h, int w, T* x, T* y, byte* choices) : IParallelBody
        where T : unmanaged, INumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int plane)
        {
            int outW = w / 2;
            T* from = x + (nint)plane * h * w;
            nint to = (nint)plane * (h / 2) * outW;
            for (int row = 0; row < h / 2; row++, from += 2 * (nint)w, to += outW)
            {
                byte* marks = choices == null ? null : choices + to;
                int column = typeof(T) == typeof(float) && Vector256.IsHardwareAccelerated
                    ? Floats((float*)from, (float*)from + w, (float*)y + to, marks, outW)
                    : 0;
                for (; column < outW; column++)
                {
                    T* top = from + 2 * column;
                    T best = top[0];
                    int choice = 0;
                    Challenge(top[1], 1, ref best, ref choice);
                    Challenge(top[w], 2, ref best, ref choice);
                    Challenge(top[w + 1], 3, ref best, ref choice);
                    y[to + column] = best;
                    if (marks != null)
                        marks[column] = (byte)choice;
                }
            }
        }

        static void Challenge(T value, int number, ref T best, ref int choice)
        {
            if (value > best || T.IsNaN(value))
                (best, choice) = (value, number);
        }

        // The last windows of a row overlap those before them: what is done twice comes out the same.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static int Floats(float* upper, float* lower, float* to, byte* marks, int count)
        {
            if (count < 4) return 0;
            if (count < 8)
                for (int i = 0; ; i = count - 4)
                {
                    var (best, choice) = Choose(Vector256.Load(upper + 2 * i), default, Vector256.Load(lower + 2 * i), default);
                    best.GetLower().Store(to + i);
                    if (marks != null) *(uint*)(marks + i) = Bytes(choice).AsUInt32().ToScalar();
                    if (i == count - 4) return count;
                }
            for (int i = 0; ; i = Math.Min(i + 8, count - 8))
            {
                var (best, choice) = Choose(Vector256.Load(upper + 2 * i), Vector256.Load(upper + 2 * i + 8),
                    Vector256.Load(lower + 2 * i), Vector256.Load(lower + 2 * i + 8));
                best.Store(to + i);
                if (marks != null) *(ulong*)(marks + i) = Bytes(choice).AsUInt64().ToScalar();
                if (i == count - 8) return count;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static (Vector256<float> Best, Vector256<int> Choice) Choose(Vector256<float> upper, Vector256<float> upper2, Vector256<float> lower, Vector256<float> lower2)
        {
            var (best, odd) = Pairs.Split(upper, upper2);
            var (even2, odd2) = Pairs.Split(lower, lower2);
            var choice = Vector256<int>.Zero;
            Challenge(odd, Vector256.Create(1), ref best, ref choice);
            Challenge(even2, Vector256.Create(2), ref best, ref choice);
            Challenge(odd2, Vector256.Create(3), ref best, ref choice);
            return (best, choice);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector128<sbyte> Bytes(Vector256<int> choice)
        {
            var halves = Vector128.Narrow(choice.GetLower(), choice.GetUpper());
            return Vector128.Narrow(halves, halves);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Challenge(Vector256<float> value, Vector256<int> number, ref Vector256<float> best, ref Vector256<int> choice)
        {
            var wins = Vector256.GreaterThan(value, best) | ~Vector256.Equals(value, value);
            best = Vector256.ConditionalSelect(wins, value, best);
            choice = Vector256.ConditionalSelect(wins.AsInt32(), number, choice);
        }
    }

    readonly struct GradientBody<T>(int h, int w, byte* choices, T* dy, T* dx) : IParallelBody
        where T : unmanaged, INumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int plane)
        {
            int outW = w / 2;
            T* to = dx + (nint)plane * h * w;
            nint from = (nint)plane * (h / 2) * outW;
            for (int row = 0; row < h / 2; row++, to += 2 * (nint)w, from += outW)
            {
                int column = typeof(T) == typeof(float) && Vector256.IsHardwareAccelerated
                    ? Floats((float*)dy + from, choices + from, (float*)to, (float*)to + w, outW)
                    : 0;
                for (; column < outW; column++)
                {
                    T slope = dy[from + column];
                    int choice = choices[from + column];
                    T* top = to + 2 * column;
                    top[0] = choice == 0 ? slope : T.Zero;
                    top[1] = choice == 1 ? slope : T.Zero;
                    top[w] = choice == 2 ? slope : T.Zero;
                    top[w + 1] = choice == 3 ? slope : T.Zero;
                }
                if (w % 2 != 0)
                    to[w - 1] = to[2 * w - 1] = T.Zero;
            }
            if (h % 2 != 0)
                new Span<T>(to, w).Clear();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static int Floats(float* dy, byte* marks, float* upper, float* lower, int count)
        {
            if (count < 4) return 0;
            if (count < 8)
                for (int i = 0; ; i = count - 4)
                {
                    var choice = Choices(*(uint*)(marks + i));
                    var slope = Vector128.Load(dy + i).ToVector256();
                    Pairs.Join(Where(choice, 0, slope), Where(choice, 1, slope)).First.Store(upper + 2 * i);
                    Pairs.Join(Where(choice, 2, slope), Where(choice, 3, slope)).First.Store(lower + 2 * i);
                    if (i == count - 4) return count;
                }
            for (int i = 0; ; i = Math.Min(i + 8, count - 8))
            {
                var choice = Choices(*(ulong*)(marks + i));
                var slope = Vector256.Load(dy + i);
                Pairs.Store(Where(choice, 0, slope), Where(choice, 1, slope), upper + 2 * i);
                Pairs.Store(Where(choice, 2, slope), Where(choice, 3, slope), lower + 2 * i);
                if (i == count - 8) return count;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<int> Choices(ulong bytes)
        {
            var shorts = Vector128.WidenLower(Vector128.CreateScalar(bytes).AsByte());
            return Vector256.Create(Vector128.WidenLower(shorts), Vector128.WidenUpper(shorts)).AsInt32();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<float> Where(Vector256<int> choice, int number, Vector256<float> slope) =>
            slope & Vector256.Equals(choice, Vector256.Create(number)).AsSingle();
    }
}
