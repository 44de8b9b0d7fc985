using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Descent.Tensors.Codegen;
using Iced.Intel;
using static Descent.Tensors.Codegen.VectorInstruction;
using static Iced.Intel.AssemblerRegisters;

namespace Descent.Tensors.Kernels;

/// <summary>The machine code of elementwise functions of floats: each gives a register of its own and keeps its operands.</summary>
/// <remarks>Where a portable function exists (<see cref="VectorFunctions"/>, <see cref="NormalDistribution"/>), its operations in its order.</remarks>
sealed class ChainFormulas(ChainLanes e)
{
    const byte LessOrdered = 0x11, LessOrEqualOrdered = 0x12, Unordered = 0x03, Equal = 0x00, GreaterOrdered = 0x1E;

    internal VectorRegister Binary(ChainOp op, VectorRegister a, VectorRegister b, double parameter) => op switch
    {
        ChainOp.Add => Of(Add, a, b),
        ChainOp.Subtract => Of(Subtract, a, b),
        ChainOp.Multiply => Of(Multiply, a, b),
        ChainOp.Divide => Of(Divide, a, b),
        ChainOp.Maximum => Extreme(Maximum, And, a, b),
        ChainOp.Minimum => Extreme(Minimum, Or, a, b),
        ChainOp.PositiveGate => PositiveGate(a, b),
        ChainOp.GeluSlope => GeluSlope(a, b),
        ChainOp.GeluTanhSlope => GeluTanhSlope(a, b),
        ChainOp.SwishSlope => SwishSlope(a, b, parameter),
        ChainOp.SigmoidSlope => SigmoidSlope(a, b),
        ChainOp.TanhSlope => TanhSlope(a, b),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "No machine code of two operands."),
    };

    internal VectorRegister Unary(ChainOp op, VectorRegister x, double parameter) => op switch
    {
        ChainOp.Abs => Magnitude(x),
        ChainOp.Negate => With(Xor, x, -0.0),
        ChainOp.Square => Of(Multiply, x, x),
        ChainOp.Relu => Relu(x),
        ChainOp.Sqrt => Root(x),
        ChainOp.Rsqrt => Inverse(Root(x)),
        ChainOp.Reciprocal => Inverse(Copy(x)),
        ChainOp.Floor => Rounded(x, 9),
        ChainOp.Ceil => Rounded(x, 10),
        ChainOp.Round => Rounded(x, 8),
        ChainOp.Trunc => Rounded(x, 11),
        ChainOp.Exp => Exp(Copy(x)),
        ChainOp.Sigmoid => Sigmoid(Copy(x)),
        ChainOp.Tanh => Tanh(x),
        ChainOp.Gelu => Gelu(x),
        ChainOp.GeluTanh => GeluTanh(x),
        ChainOp.Swish => Into(Multiply, Sigmoid(With(Multiply, x, parameter)), x),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "No machine code of one operand."),
    };

    // ---- Of registers and constants ------------------------------------------------------------------------------------

    VectorRegister Number(double value)
    {
        var d = e.Vector();
        if (e.IsKept(value, out var kept)) e.Move(d, kept);
        else e.Broadcast(d, e.Constant(value));
        return d;
    }

    VectorRegister Copy(VectorRegister a)
    {
        var d = e.Vector();
        e.Move(d, a);
        return d;
    }

    VectorRegister Of(VectorInstruction op, VectorRegister a, VectorRegister b)
    {
        var d = e.Vector();
        e.Emit(op, d, a, b);
        return d;
    }

    /// <summary>d = d op b.</summary>
    VectorRegister Into(VectorInstruction op, VectorRegister d, VectorRegister b)
    {
        e.Emit(op, d, d, b);
        return d;
    }

    /// <summary>a op constant, in a register of its own.</summary>
    VectorRegister With(VectorInstruction op, VectorRegister a, double value)
    {
        var d = e.Vector();
        Constant(op, d, a, value);
        return d;
    }

    /// <summary>d = d op constant.</summary>
    VectorRegister IntoConstant(VectorInstruction op, VectorRegister d, double value)
    {
        Constant(op, d, d, value);
        return d;
    }

    /// <summary>d = a op constant, or d = d · a + constant and its kin.</summary>
    void Constant(VectorInstruction op, VectorRegister d, VectorRegister a, double value)
    {
        if (e.IsKept(value, out var kept))
        {
            e.Emit(op, d, a, kept);
            return;
        }
        if (e.IsWide)
        {
            e.EmitBroadcast(op, d, a, e.Constant(value));
            return;
        }
        var c = Number(value);
        e.Emit(op, d, a, c);
        e.Release(c);
    }

    /// <summary>d = constant op d, for what is not the same the other way round.</summary>
    VectorRegister From(double value, VectorInstruction op, VectorRegister d)
    {
        if (e.IsKept(value, out var kept))
        {
            e.Emit(op, d, kept, d);
            return d;
        }
        var c = Number(value);
        e.Emit(op, d, c, d);
        e.Release(c);
        return d;
    }

    /// <summary>Powers of x by Horner's scheme with fused operations, from the highest coefficient down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    VectorRegister Polynomial(VectorRegister x, ReadOnlySpan<double> coefficients)
    {
        var d = Number(coefficients[0]);
        foreach (double c in coefficients[1..]) Constant(Horner, d, x, c);
        return d;
    }

    static AssemblerRegisterZMM Wide(VectorRegister v) => new(v.Wide);

    static AssemblerRegisterYMM Narrow(VectorRegister v) => new(v.Narrow);

    /// <summary>d = (a compared with b) ? chosen : d.</summary>
    void Choose(VectorRegister d, VectorRegister a, VectorRegister b, byte comparison, VectorRegister chosen)
    {
        if (e.IsWide)
        {
            e.Each((of, mask) => e.Code.vcmpps(mask, Wide(of(a)), Wide(of(b)), comparison));
            e.Each((of, mask) => e.Code.vmovaps(mask == k7 ? Wide(of(d)).k7 : Wide(of(d)).k6, Wide(of(chosen))));
            return;
        }
        var m = e.Vector();
        e.Each((of, _) =>
        {
            e.Code.vcmpps(Narrow(of(m)), Narrow(of(a)), Narrow(of(b)), comparison);
            e.Code.vblendvps(Narrow(of(d)), Narrow(of(d)), Narrow(of(chosen)), Narrow(of(m)));
        });
        e.Release(m);
    }

    void ChooseByNumber(VectorRegister d, VectorRegister a, double b, byte comparison, VectorRegister chosen)
    {
        var c = Number(b);
        Choose(d, a, c, comparison, chosen);
        e.Release(c);
    }

    // ---- Simple functions ----------------------------------------------------------------------------------------------

    VectorRegister Magnitude(VectorRegister x)
    {
        var sign = Number(-0.0);
        e.Emit(AndNot, sign, sign, x);
        return sign;
    }

    /// <summary>The larger or smaller as IEEE 754 has it: a NaN if either is, and the positive zero above the negative.</summary>
    VectorRegister Extreme(VectorInstruction op, VectorInstruction ofZeros, VectorRegister a, VectorRegister b)
    {
        // The instruction gives b where either is a NaN, and where both are zeros.
        VectorRegister d = Of(op, a, b), zeros = Of(ofZeros, a, b);
        Choose(d, a, b, Equal, zeros);
        e.Release(zeros);
        Choose(d, a, a, Unordered, a);
        return d;
    }

    VectorRegister Relu(VectorRegister x)
    {
        // The instruction gives x where it is a NaN or a zero; adding 0 makes −0 to 0.
        var zero = e.Vector();
        e.Zero(zero);
        var d = Of(Maximum, zero, x);
        e.Emit(Add, d, d, zero);
        e.Release(zero);
        return d;
    }

    VectorRegister PositiveGate(VectorRegister a, VectorRegister b)
    {
        var zero = e.Vector();
        e.Zero(zero);
        var d = Copy(a);
        Choose(d, b, zero, LessOrEqualOrdered, zero);
        e.Release(zero);
        return d;
    }

    VectorRegister Root(VectorRegister x)
    {
        var d = e.Vector();
        e.Emit(SquareRoot, d, x);
        return d;
    }

    VectorRegister Inverse(VectorRegister d) => From(1, Divide, d);

    VectorRegister Rounded(VectorRegister x, byte how)
    {
        var d = e.Vector();
        e.Each((of, _) =>
        {
            if (e.IsWide) e.Code.vrndscaleps(Wide(of(d)), Wide(of(x)), how);
            else e.Code.vroundps(Narrow(of(d)), Narrow(of(x)), how);
        });
        return d;
    }

    // ---- Exponentials --------------------------------------------------------------------------------------------------

    /// <summary>eˣ, as <see cref="FloatExponential"/>; overwrites x.</summary>
    VectorRegister Exp(VectorRegister x)
    {
        From(89, Minimum, x);
        From(-104, Maximum, x);
        var shifted = Number(1.44269504f);
        Constant(Horner, shifted, x, FloatExponential.Rounding);
        var n = With(Subtract, shifted, FloatExponential.Rounding);
        Constant(MultiplyAdd, x, n, -0.693145752f);
        Constant(MultiplyAdd, x, n, -1.42860677e-06f);
        var q = Polynomial(x, [0.00138145988f, 0.00836871658f, 0.0416683890f, 0.166665211f, 0.499999940f]);
        var square = Of(Multiply, x, x);
        e.Emit(Horner, q, square, x);
        IntoConstant(Add, q, 1);
        if (e.IsWide) e.Each((of, _) => e.Code.vscalefps(Wide(of(q)), Wide(of(q)), Wide(of(n))));
        else Scale(q, shifted, square);
        e.Release(square);
        e.Release(n);
        e.Release(shifted);
        e.Release(x);
        return q;
    }

    /// <summary>y · 2ⁿ in two steps, n the last bits of <paramref name="shifted"/>; both other registers are overwritten.</summary>
    void Scale(VectorRegister y, VectorRegister shifted, VectorRegister half)
    {
        var code = e.Code;
        var c = Number(FloatExponential.Rounding);
        e.Each((of, _) =>
        {
            code.vpsubd(Narrow(of(shifted)), Narrow(of(shifted)), Narrow(of(c)));
            code.vpsrad(Narrow(of(half)), Narrow(of(shifted)), 1);
            code.vpsubd(Narrow(of(shifted)), Narrow(of(shifted)), Narrow(of(half)));
        });
        e.Broadcast(c, e.Constant(127UL));
        foreach (var part in (ReadOnlySpan<VectorRegister>)[half, shifted])
        {
            e.Each((of, _) =>
            {
                code.vpaddd(Narrow(of(part)), Narrow(of(part)), Narrow(of(c)));
                code.vpslld(Narrow(of(part)), Narrow(of(part)), 23);
            });
            e.Emit(Multiply, y, y, part);
        }
        e.Release(c);
    }

    /// <summary>1 / (1 + e⁻ˣ); overwrites x.</summary>
    VectorRegister Sigmoid(VectorRegister x) => Inverse(IntoConstant(Add, Exp(IntoConstant(Xor, x, -0.0)), 1));

    // ---- By pieces -----------------------------------------------------------------------------------------------------

    /// <summary>The piece of each number, as <see cref="Pieces.Of"/>.</summary>
    VectorRegister PieceOf(VectorRegister a)
    {
        var piece = With(Add, a, 1);
        e.Each((of, _) => e.Code.vpsrld(Wide(of(piece)), Wide(of(piece)), Pieces.Shift));
        return piece;
    }

    /// <summary>The number of each piece in a row of tables.</summary>
    VectorRegister Row(AssemblerRegister64 rows, int row, VectorRegister piece)
    {
        var d = e.Vector();
        e.Each((of, _) => e.Code.vpermps(Wide(of(d)), Wide(of(piece)), __[rows + row * e.VectorBytes]));
        return d;
    }

    /// <summary>The polynomial of each piece, of the distance from its middle; its powers are in these rows, from the highest down.</summary>
    VectorRegister PolynomialByPieces(VectorRegister a, AssemblerRegister64 rows, int middles, ReadOnlySpan<int> powers)
    {
        var piece = PieceOf(a);
        var t = Row(rows, middles, piece);
        e.Emit(Subtract, t, a, t);
        var p = Row(rows, powers[0], piece);
        foreach (int power in powers[1..])
        {
            var c = Row(rows, power, piece);
            e.Emit(Horner, p, t, c);
            e.Release(c);
        }
        e.Release(piece);
        e.Release(t);
        return p;
    }

    /// <summary>As <see cref="TanhPieces"/>.</summary>
    VectorRegister TanhByPieces(VectorRegister x)
    {
        var rows = e.Table(MemoryMarshal.AsBytes(TanhPieces.Tables));
        var a = From(TanhPieces.Most, Minimum, Magnitude(x));
        var p = PolynomialByPieces(a, rows, TanhPieces.Middles, [.. Enumerable.Range(TanhPieces.Highest, TanhPieces.Lowest - TanhPieces.Highest + 1)]);
        e.Release(rows);
        e.Emit(Multiply, p, p, a);
        e.Release(a);
        From(1, Minimum, p);
        var sign = With(And, x, -0.0);
        Into(Or, p, sign);
        e.Release(sign);
        return p;
    }

    VectorRegister Tanh(VectorRegister x)
    {
        if (e.IsWide) return TanhByPieces(x);
        var magnitude = IntoConstant(Add, Exp(IntoConstant(Multiply, Magnitude(x), 2)), 1);
        From(2, Divide, magnitude);
        From(1, Subtract, magnitude);
        var negative = With(Xor, magnitude, -0.0);
        ChooseByNumber(magnitude, x, 0, LessOrdered, negative);
        e.Release(negative);
        // Near zero the Taylor series.
        var s = Of(Multiply, x, x);
        var p = Polynomial(s, TanhKernel.Series);
        e.Emit(Multiply, s, x, s);
        e.Emit(Multiply, s, s, p);
        e.Emit(Add, s, x, s);
        e.Release(p);
        var a = Magnitude(x);
        ChooseByNumber(magnitude, a, 0.15f, LessOrdered, s);
        e.Release(a);
        e.Release(s);
        return magnitude;
    }

    // ---- Activations ---------------------------------------------------------------------------------------------------

    /// <summary>Φ(x), and e^(−x²/2) if it is wanted, as <see cref="NormalDistribution"/>.</summary>
    VectorRegister Normal(VectorRegister x, out VectorRegister exponential, bool keepExponential)
    {
        var a = From(40, Minimum, Magnitude(x));
        exponential = Exp(IntoConstant(Multiply, Of(Multiply, a, a), -0.5));
        var z = IntoConstant(Multiply, a, 0.70710678118654752440);
        var near = With(Add, z, 3);
        var far = With(Add, z, 1);
        e.Emit(Add, far, far, z);
        var inverse = Inverse(Of(Multiply, near, far));
        e.Emit(Multiply, far, far, inverse);
        e.Emit(Multiply, near, near, inverse);
        e.Release(inverse);
        IntoConstant(Subtract, z, 3);
        e.Emit(Multiply, z, z, far);
        e.Release(far);
        var square = Of(Multiply, z, z);
        var tail = NormalDistribution.Tail;
        var even = Polynomial(square, [tail[10], tail[8], tail[6], tail[4], tail[2], tail[0]]);
        var odd = Polynomial(square, [tail[11], tail[9], tail[7], tail[5], tail[3], tail[1]]);
        e.Release(square);
        e.Emit(Horner, odd, z, even);
        e.Release(even);
        e.Release(z);
        var d = keepExponential ? With(Multiply, exponential, 0.5) : IntoConstant(Multiply, exponential, 0.5);
        e.Emit(Multiply, d, d, odd);
        e.Emit(Multiply, d, d, near);
        e.Release(odd);
        e.Release(near);
        var upper = Number(1);
        e.Emit(Subtract, upper, upper, d);
        ChooseByNumber(d, x, 0, GreaterOrdered, upper);
        e.Release(upper);
        return d;
    }

    /// <summary>Φ(x), or the slope of x · Φ(x), as <see cref="NormalPieces"/>.</summary>
    VectorRegister NormalByPieces(VectorRegister x, int low)
    {
        var rows = e.Table(MemoryMarshal.AsBytes(NormalPieces.Tables));
        var a = From(NormalPieces.Most, Minimum, Magnitude(x));
        var p = PolynomialByPieces(a, rows, NormalPieces.Middles, [.. Enumerable.Range(NormalPieces.HighPowers, NormalPieces.HighCount), low, low + 1]);
        var s = Into(Multiply, a, a);
        var shifted = Number(NormalPieces.Rounding);
        Constant(MultiplyAdd, shifted, s, NormalPieces.Exponent);
        var n = With(Subtract, shifted, NormalPieces.Rounding);
        var g = Copy(n);
        Constant(MultiplyAdd, g, s, -NormalPieces.Exponent);
        Constant(MultiplyAdd, g, s, -NormalPieces.ExponentRest);
        e.Release(s);
        var root = Row(rows, NormalPieces.Roots, shifted);
        e.Release(shifted);
        e.Release(rows);
        var d = Polynomial(g, [NormalPieces.Third, NormalPieces.Second, NormalPieces.First]);
        e.Emit(Multiply, g, g, root);
        e.Emit(Horner, d, g, root);
        e.Release(g);
        e.Release(root);
        e.Emit(Multiply, d, d, p);
        e.Release(p);
        e.Each((of, _) => e.Code.vscalefps(Wide(of(d)), Wide(of(d)), Wide(of(n))));
        e.Release(n);
        VectorRegister zero = e.Vector(), one = Number(1);
        e.Zero(zero);
        e.Each((of, mask) =>
        {
            e.Code.vcmpps(mask, Wide(of(x)), Wide(of(zero)), GreaterOrdered);
            e.Code.vsubps(mask == k7 ? Wide(of(d)).k7 : Wide(of(d)).k6, Wide(of(one)), Wide(of(d)));
        });
        e.Release(zero);
        e.Release(one);
        return d;
    }

    VectorRegister Gelu(VectorRegister x) => Into(Multiply,
        e.IsWide ? NormalByPieces(x, NormalPieces.Distribution) : Normal(x, out _, keepExponential: false), x);

    VectorRegister GeluSlope(VectorRegister x, VectorRegister dy)
    {
        if (e.IsWide) return Into(Multiply, NormalByPieces(x, NormalPieces.Slope), dy);
        var d = Normal(x, out var exponential, keepExponential: true);
        e.Emit(Multiply, exponential, x, exponential);
        IntoConstant(Multiply, exponential, 0.39894228040143267794);
        e.Emit(Add, d, d, exponential);
        e.Release(exponential);
        return Into(Multiply, d, dy);
    }

    /// <summary>σ(2u) with u the angle of GELU's tangent; <paramref name="square"/> is x².</summary>
    VectorRegister GeluSigmoid(VectorRegister x, VectorRegister square)
    {
        var u = With(Multiply, square, GeluTanhActivation.Scale * GeluTanhActivation.Cubic);
        IntoConstant(Add, u, GeluTanhActivation.Scale);
        e.Emit(Multiply, u, x, u);
        return Sigmoid(IntoConstant(Multiply, u, 2));
    }

    VectorRegister GeluTanh(VectorRegister x)
    {
        var square = Of(Multiply, x, x);
        var d = GeluSigmoid(x, square);
        e.Release(square);
        return Into(Multiply, d, x);
    }

    VectorRegister GeluTanhSlope(VectorRegister x, VectorRegister dy)
    {
        var square = Of(Multiply, x, x);
        var s = GeluSigmoid(x, square);
        IntoConstant(Multiply, square, 6 * GeluTanhActivation.Scale * GeluTanhActivation.Cubic);
        IntoConstant(Add, square, 2 * GeluTanhActivation.Scale);
        e.Emit(Multiply, square, x, square);
        var tail = Number(1);
        e.Emit(Subtract, tail, tail, s);
        e.Emit(Multiply, tail, s, tail);
        e.Emit(Multiply, square, tail, square);
        ChooseByNumber(square, tail, 0, Equal, tail);
        e.Release(tail);
        e.Emit(Add, s, s, square);
        e.Release(square);
        return Into(Multiply, s, dy);
    }

    VectorRegister SwishSlope(VectorRegister x, VectorRegister dy, double scale)
    {
        var z = With(Multiply, x, scale);
        var s = Sigmoid(Copy(z));
        e.Emit(Multiply, z, z, s);
        var rest = Number(1);
        e.Emit(Subtract, rest, rest, s);
        e.Emit(Multiply, z, z, rest);
        e.Release(rest);
        e.Emit(Add, s, s, z);
        e.Release(z);
        return Into(Multiply, s, dy);
    }

    VectorRegister SigmoidSlope(VectorRegister y, VectorRegister dy)
    {
        var d = Of(Multiply, dy, y);
        var rest = Number(1);
        e.Emit(Subtract, rest, rest, y);
        e.Emit(Multiply, d, d, rest);
        e.Release(rest);
        return d;
    }

    VectorRegister TanhSlope(VectorRegister y, VectorRegister dy)
    {
        var d = Of(Multiply, y, y);
        From(1, Subtract, d);
        return Into(Multiply, d, dy);
    }
}
