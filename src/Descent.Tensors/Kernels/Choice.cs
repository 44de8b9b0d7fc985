namespace Descent.Tensors.Kernels;

/// <summary>One of two elements, by a byte that is 0 or not.</summary>
static unsafe class Choice
{
    /// <summary>y = c ≠ 0 ? a : b over a nest whose operands are y, c, a and b; types matter only by their size.</summary>
    internal static void Run<T>(in LoopNest nest, ref T y, ref byte c, ref T a, ref T b) where T : unmanaged
    {
        fixed (T* py = &y, pa = &a, pb = &b)
        fixed (byte* pc = &c)
            Elementwise.Run(nest, new Body<T> { Nest = nest, Y = py, C = pc, A = pa, B = pb });
    }

    struct Body<T> : Elementwise.INestBody where T : unmanaged
    {
        internal LoopNest Nest;
        internal T* Y, A, B;
        internal byte* C;

        public readonly void Inner(int outer, int start, int count)
        {
            int sy = Nest.Strides[0][^1], sc = Nest.Strides[1][^1], sa = Nest.Strides[2][^1], sb = Nest.Strides[3][^1];
            T* y = Y + Nest.Start(0, outer) + (nint)start * sy;
            byte* c = C + Nest.Start(1, outer) + (nint)start * sc;
            T* a = A + Nest.Start(2, outer) + (nint)start * sa, b = B + Nest.Start(3, outer) + (nint)start * sb;
            if (sy == 1 && sc == 1 && sa == 0 && sb == 1)
            {
                T value = *a;
                for (int i = 0; i < count; i++) y[i] = c[i] != 0 ? value : b[i];
                return;
            }
            for (int i = 0; i < count; i++) y[(nint)i * sy] = c[(nint)i * sc] != 0 ? a[(nint)i * sa] : b[(nint)i * sb];
        }
    }
}
