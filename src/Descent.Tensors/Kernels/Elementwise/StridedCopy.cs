using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Copies between layouts and element types.</summary>
static unsafe class StridedCopy
{
    /// <summary>y = x over a nest whose operands 0 and 1 are y and x.</summary>
    internal static void Copy<T>(in LoopNest nest, ref T y, ref T x) where T : unmanaged
    {
        fixed (T* py = &y, px = &x)
            Elementwise.Run(nest, new CopyBody<T> { Nest = nest, Y = py, X = px });
    }

    /// <summary>y = x converted, truncating towards zero from floating to integer types.</summary>
    internal static void Convert<TFrom, TTo>(in LoopNest nest, ref TTo y, ref TFrom x)
        where TFrom : unmanaged, INumberBase<TFrom> where TTo : unmanaged, INumberBase<TTo>
    {
        fixed (TTo* py = &y)
        fixed (TFrom* px = &x)
            Elementwise.Run(nest, new ConvertBody<TFrom, TTo> { Nest = nest, Y = py, X = px });
    }

    /// <summary>y = 1 where x is not zero (a NaN is not), else 0.</summary>
    internal static void ToBool<T>(in LoopNest nest, ref byte y, ref T x) where T : unmanaged, INumberBase<T> =>
        MapEach<T, byte, NotZero<T>>(nest, ref y, ref x);

    /// <summary>y = x rounded to bfloat16.</summary>
    internal static void ToBFloat16<T>(in LoopNest nest, ref BFloat16 y, ref T x) where T : unmanaged, INumberBase<T> =>
        MapEach<T, BFloat16, Narrow<T>>(nest, ref y, ref x);

    /// <summary>y = x, exactly.</summary>
    internal static void FromBFloat16(in LoopNest nest, ref float y, ref BFloat16 x) =>
        MapEach<BFloat16, float, Widen>(nest, ref y, ref x);

    static void MapEach<TFrom, TTo, F>(in LoopNest nest, ref TTo y, ref TFrom x)
        where TFrom : unmanaged where TTo : unmanaged where F : struct, IConversion<TFrom, TTo>
    {
        fixed (TTo* py = &y)
        fixed (TFrom* px = &x)
            Elementwise.Run(nest, new MapEachBody<TFrom, TTo, F> { Nest = nest, Y = py, X = px });
    }

    interface IConversion<TFrom, TTo>
    {
        static abstract TTo Invoke(TFrom x);
    }

    readonly struct NotZero<T> : IConversion<T, byte> where T : INumberBase<T>
    {
        public static byte Invoke(T x) => T.IsZero(x) ? (byte)0 : (byte)1;
    }

    readonly struct Narrow<T> : IConversion<T, BFloat16> where T : INumberBase<T>
    {
        public static BFloat16 Invoke(T x) => (BFloat16)float.CreateTruncating(x);
    }

    readonly struct Widen : IConversion<BFloat16, float>
    {
        public static float Invoke(BFloat16 x) => x;
    }

    struct MapEachBody<TFrom, TTo, F> : Elementwise.INestBody
        where TFrom : unmanaged where TTo : unmanaged where F : struct, IConversion<TFrom, TTo>
    {
        internal LoopNest Nest;
        internal TTo* Y;
        internal TFrom* X;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Inner(int outer, int start, int count)
        {
            int sy = Nest.Strides[0][^1], sx = Nest.Strides[1][^1];
            TTo* y = Y + Nest.Start(0, outer) + (nint)start * sy;
            TFrom* x = X + Nest.Start(1, outer) + (nint)start * sx;
            if (sy == 1 && sx == 1 && typeof(TFrom) == typeof(float) && typeof(TTo) == typeof(BFloat16)) NarrowFloats.Narrow((float*)x, (BFloat16*)y, count);
            else if (sy == 1 && sx == 1 && typeof(TFrom) == typeof(BFloat16) && typeof(TTo) == typeof(float)) NarrowFloats.Widen((BFloat16*)x, (float*)y, count);
            else
                for (int i = 0; i < count; i++) y[(nint)i * sy] = F.Invoke(x[(nint)i * sx]);
        }
    }

    struct CopyBody<T> : Elementwise.INestBody where T : unmanaged
    {
        internal LoopNest Nest;
        internal T* Y, X;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Inner(int outer, int start, int count)
        {
            int sy = Nest.Strides[0][^1], sx = Nest.Strides[1][^1];
            T* y = Y + Nest.Start(0, outer) + (nint)start * sy, x = X + Nest.Start(1, outer) + (nint)start * sx;
            if (sy == 1 && sx == 1) new ReadOnlySpan<T>(x, count).CopyTo(new(y, count));
            else if (sy == 1 && sx == 0) new Span<T>(y, count).Fill(*x);
            else if (sy == 1) Elementwise.Gather(x, sx, count, y);
            else if (sx == 1) Elementwise.Scatter(x, y, sy, count);
            else
                for (int i = 0; i < count; i++) y[(nint)i * sy] = x[(nint)i * sx];
        }
    }

    struct ConvertBody<TFrom, TTo> : Elementwise.INestBody where TFrom : unmanaged, INumberBase<TFrom> where TTo : unmanaged, INumberBase<TTo>
    {
        internal LoopNest Nest;
        internal TTo* Y;
        internal TFrom* X;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Inner(int outer, int start, int count)
        {
            int sy = Nest.Strides[0][^1], sx = Nest.Strides[1][^1];
            TTo* y = Y + Nest.Start(0, outer) + (nint)start * sy;
            TFrom* x = X + Nest.Start(1, outer) + (nint)start * sx;
            if (sy == 1 && sx == 1)
            {
                System.Numerics.Tensors.TensorPrimitives.ConvertTruncating(new ReadOnlySpan<TFrom>(x, count), new Span<TTo>(y, count));
                return;
            }
            for (int i = 0; i < count; i++) y[(nint)i * sy] = TTo.CreateTruncating(x[(nint)i * sx]);
        }
    }
}
