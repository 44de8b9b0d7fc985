using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.NN;

/// <summary>The direction that steps go against: the gradient, turned round where steps go up, and weight decay that is part of it.</summary>
readonly struct Slope<T>(ParameterGroup group, bool decoupled = false) where T : unmanaged, IFloatingPointIeee754<T>
{
    readonly Vector<T> _sign = Vector.Create(group.Maximize ? -T.One : T.One);
    readonly Vector<T> _decay = Lanes<T>.All(decoupled ? 0 : group.WeightDecay);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector<T> Of(Vector<T> p, Vector<T> g) => g * _sign + p * _decay;
}

static class Lanes<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>One number, rounded to the type, in every lane.</summary>
    internal static Vector<T> All(double value) => Vector.Create(T.CreateTruncating(value));

    /// <summary>1, −1, or 0 of 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Sign(Vector<T> x) =>
        Vector.ConditionalSelect(Vector.Equals(x, Vector<T>.Zero), Vector<T>.Zero, Vector.CopySign(Vector<T>.One, x));
}
