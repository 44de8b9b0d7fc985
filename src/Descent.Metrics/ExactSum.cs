using System.Numerics;

namespace Descent.Metrics;

/// <summary>
/// A sum of doubles without rounding: in any order, and in any parts that are merged, the same terms give the same sum.
/// </summary>
/// <remarks>
/// A fixed-point number as wide as all doubles. Each limb holds 32 bits of it and 31 bits of carries not yet passed on.
/// Products are added as two doubles that together are exact, unless they fall below the least double.
/// </remarks>
sealed class ExactSum
{
    const int Limbs = 68, MantissaBits = 52, Unpassed = 1 << 30;

    readonly long[] _limbs = new long[Limbs];
    // The sum of what is no number: NaN or an infinity, else 0.
    double _special;
    int _pending;

    internal bool IsFinite => _special == 0;

    internal void Add(double x)
    {
        if (!double.IsFinite(x))
        {
            _special += x;
            return;
        }
        ulong bits = BitConverter.DoubleToUInt64Bits(x);
        ulong mantissa = bits & ((1UL << MantissaBits) - 1);
        int exponent = (int)(bits >> MantissaBits) & 0x7FF;
        if (exponent > 0) mantissa |= 1UL << MantissaBits;
        // x = mantissa · 2^(shift − 1074).
        int shift = Math.Max(0, exponent - 1), limb = shift >> 5, by = shift & 31;
        ulong low = mantissa << by, high = by == 0 ? 0 : mantissa >> (64 - by);
        long sign = x < 0 ? -1 : 1;
        _limbs[limb] += sign * (uint)low;
        _limbs[limb + 1] += sign * (long)(low >> 32);
        _limbs[limb + 2] += sign * (long)high;
        if (++_pending == Unpassed) PassCarries();
    }

    /// <summary>Adds <c>a · b</c>.</summary>
    internal void AddProduct(double a, double b)
    {
        double high = a * b;
        Add(high);
        if (double.IsFinite(high)) Add(Math.FusedMultiplyAdd(a, b, -high));
    }

    /// <summary>Adds <c>a · b · c</c>.</summary>
    internal void AddProduct(double a, double b, double c)
    {
        double high = b * c;
        AddProduct(a, high);
        if (double.IsFinite(high)) AddProduct(a, Math.FusedMultiplyAdd(b, c, -high));
    }

    internal void Merge(ExactSum other)
    {
        PassCarries();
        other.PassCarries();
        for (int i = 0; i < Limbs; i++) _limbs[i] += other._limbs[i];
        _special += other._special;
        _pending = 2;
    }

    internal void Clear()
    {
        Array.Clear(_limbs);
        (_special, _pending) = (0, 0);
    }

    /// <summary>The sum times 2^1074.</summary>
    internal BigInteger Scaled()
    {
        PassCarries();
        var value = BigInteger.Zero;
        for (int i = Limbs - 1; i >= 0; i--) value = (value << 32) + _limbs[i];
        return value;
    }

    /// <summary>The sum over another one, rounded once; NaN of 0 / 0.</summary>
    internal double Over(ExactSum divisor) => IsFinite && divisor.IsFinite ? Quotient(Scaled(), divisor.Scaled()) : (ToDouble() / divisor.ToDouble());

    /// <summary>The sum, rounded once.</summary>
    internal double ToDouble() => IsFinite ? Quotient(Scaled(), BigInteger.One << 1074) : _special;

    /// <summary>a / b rounded to the nearest double; infinite or NaN where b is 0.</summary>
    internal static double Quotient(BigInteger a, BigInteger b)
    {
        if (b.IsZero) return a.IsZero ? double.NaN : a.Sign * double.PositiveInfinity;
        if (a.IsZero) return 0;
        // 64 or 65 bits of quotient, the last of them telling whether anything was left.
        BigInteger top = BigInteger.Abs(a), bottom = BigInteger.Abs(b);
        int shift = 64 - (int)(top.GetBitLength() - bottom.GetBitLength());
        if (shift > 0) top <<= shift;
        else bottom <<= -shift;
        var quotient = BigInteger.DivRem(top, bottom, out var rest);
        bool isInexact = !rest.IsZero;
        while (quotient.GetBitLength() > 64)
        {
            isInexact |= !quotient.IsEven;
            quotient >>= 1;
            shift--;
        }
        ulong bits = (ulong)quotient | (isInexact ? 1UL : 0);
        return a.Sign * b.Sign * Math.ScaleB((double)bits, -shift);
    }

    void PassCarries()
    {
        for (int i = 0; i + 1 < Limbs; i++)
        {
            _limbs[i + 1] += _limbs[i] >> 32;
            _limbs[i] &= uint.MaxValue;
        }
        _pending = 0;
    }
}
