using System.Runtime.CompilerServices;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Bits of integers and bools.</summary>
public static class BitwiseOps
{
    extension(Tensor a)
    {
        /// <summary>Bits set in both.</summary>
        public Tensor BitwiseAnd(Tensor b) => Bits<BitwiseAndFunction>(a, b);
        /// <summary>Bits set in either.</summary>
        public Tensor BitwiseOr(Tensor b) => Bits<BitwiseOrFunction>(a, b);
        /// <summary>Bits set in exactly one.</summary>
        public Tensor BitwiseXor(Tensor b) => Bits<BitwiseXorFunction>(a, b);
        /// <summary>The bits turned over; of a bool, its negation.</summary>
        public Tensor BitwiseNot() => a.DType == DType.Bool ? a.LogicalNot() : Pointwise.Zip<EachIntegerPair<BitwiseXorFunction>>(a, -1);
        /// <summary><c>a · 2ᵇ</c>, wrapping around.</summary>
        public Tensor BitwiseLeftShift(Tensor b) => Pointwise.Zip<EachIntegerPair<ShiftLeftFunction>>(a, b);
        /// <summary><c>a / 2ᵇ</c> rounded to minus infinity.</summary>
        public Tensor BitwiseRightShift(Tensor b) => Pointwise.Zip<EachIntegerPair<ShiftRightFunction>>(a, b);
        /// <summary><c>a · 2ᵇ</c>, wrapping around.</summary>
        public Tensor BitwiseLeftShift(int b) => Pointwise.Zip<EachIntegerPair<ShiftLeftFunction>>(a, b);
        /// <summary><c>a / 2ᵇ</c> rounded to minus infinity.</summary>
        public Tensor BitwiseRightShift(int b) => Pointwise.Zip<EachIntegerPair<ShiftRightFunction>>(a, b);
    }

    extension(Tensor)
    {
        /// <summary>Bits set in both; of bools, whether both are true.</summary>
        public static Tensor operator &(Tensor a, Tensor b) => a.BitwiseAnd(b);
        /// <summary>Bits set in either; of bools, whether either is true.</summary>
        public static Tensor operator |(Tensor a, Tensor b) => a.BitwiseOr(b);
        /// <summary>Bits set in exactly one; of bools, whether exactly one is true.</summary>
        public static Tensor operator ^(Tensor a, Tensor b) => a.BitwiseXor(b);
        /// <summary>The bits turned over; of bools, the negation.</summary>
        public static Tensor operator ~(Tensor a) => a.BitwiseNot();
    }

    static Tensor Bits<F>(Tensor a, Tensor b, [CallerMemberName] string operation = "") where F : struct, IIntegerFunction2 =>
        Pointwise.ResultType(a, b) == DType.Bool
            ? Pointwise.Zip<EachIntegerPair<F>>(a.To(DType.UInt8), b.To(DType.UInt8), DType.UInt8, operation).To(DType.Bool)
            : Pointwise.Zip<EachIntegerPair<F>>(a, b, operation: operation);
}
