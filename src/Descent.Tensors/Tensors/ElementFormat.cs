using System.Globalization;

namespace Descent.Tensors;

/// <summary>
/// Elements as text, all in one notation: whole floats as <c>1.</c>, others with four decimals, or in scientific notation
/// where the range is wide.
/// </summary>
static class ElementFormat
{
    enum Notation { Whole, Fixed, Scientific }

    /// <summary>The elements in row-major order.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="width">The width that columns need. As in PyTorch, zeros and non-finite numbers may exceed it.</param>
    internal static string[] Texts(Tensor x, out int width)
    {
        var texts = new string[x.Elements];
        width = 0;
        if (x.DType.IsFloatingPoint)
        {
            double[] values = x.To(DType.Float64).ToArray<double>();
            var notation = Choose(values);
            width = 1;
            for (int i = 0; i < values.Length; i++)
            {
                texts[i] = Text(values[i], notation);
                if (values[i] != 0 && double.IsFinite(values[i])) width = Math.Max(width, texts[i].Length);
            }
            return texts;
        }
        long[] integers = x.To(DType.Int64).ToArray<long>();
        for (int i = 0; i < integers.Length; i++)
        {
            texts[i] = x.DType != DType.Bool ? integers[i].ToString(CultureInfo.InvariantCulture) : integers[i] != 0 ? "True" : "False";
            width = Math.Max(width, texts[i].Length);
        }
        return texts;
    }

    static Notation Choose(double[] values)
    {
        double least = double.PositiveInfinity, most = 0;
        bool whole = true;
        foreach (double value in values)
        {
            if (value == 0 || !double.IsFinite(value)) continue;
            (least, most) = (Math.Min(least, Math.Abs(value)), Math.Max(most, Math.Abs(value)));
            whole &= value == Math.Truncate(value);
        }
        if (most == 0) return Notation.Whole;
        if (most / least > 1000 || most > 1e8 || (!whole && least < 1e-4)) return Notation.Scientific;
        return whole ? Notation.Whole : Notation.Fixed;
    }

    static string Text(double value, Notation notation)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        return notation switch
        {
            Notation.Whole => value.ToString("F0", CultureInfo.InvariantCulture) + ".",
            Notation.Fixed => Exact(value) is { } d
                ? Sign(value, Math.Round(Math.Abs(d), 4, MidpointRounding.ToEven).ToString("F4", CultureInfo.InvariantCulture))
                : value.ToString("F4", CultureInfo.InvariantCulture),
            _ => Scientific(value),
        };
    }

    static string Scientific(double value)
    {
        if (value != 0 && Exact(value) is { } d)
        {
            // A tie of the fifth decimal is rounded to even, which .NET's own formatting does not do.
            int exponent = (int)Math.Floor(Math.Log10(Math.Abs(value)));
            decimal unit = 1;
            for (int i = 0; i < Math.Abs(exponent); i++) unit *= 10;
            decimal mantissa = exponent >= 0 ? Math.Abs(d) / unit : Math.Abs(d) * unit;
            if (mantissa >= 1 && mantissa < 10 && mantissa * 100_000 % 10 == 5)
                value = Math.Sign(value) * (double)(Math.Round(mantissa, 4, MidpointRounding.ToEven) * (exponent >= 0 ? unit : 1 / unit));
        }
        return value.ToString("0.0000e+00", CultureInfo.InvariantCulture);
    }

    static string Sign(double value, string magnitude) => double.IsNegative(value) ? "-" + magnitude : magnitude;

    /// <summary>The number as a decimal if it is one exactly: only such can lie in the middle between two roundings.</summary>
    static decimal? Exact(double value)
    {
        if (Math.Abs(value) is not (> 1e-6 and < 1e15)) return null;
        decimal d = (decimal)value;
        return (double)d == value && d * (1 << 20) % 1 == 0 ? d : null;
    }
}
